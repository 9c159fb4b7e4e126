import pytest

from util.icat_server.soap.envelope import BadEnvelope, read_call

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ICAT = "http://icatproject.org"


def envelope(inner: str, before: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}{before}<e:Envelope xmlns:e="{SOAP}">{inner}</e:Envelope>'.encode()


def called(arguments: str, operation: str = "search") -> bytes:
    body = f'<e:Body><n:{operation} xmlns:n="{ICAT}">{arguments}</n:{operation}></e:Body>'
    return envelope(f"<e:Header/>{body}")


def test_a_call_is_its_operation_and_its_arguments():
    call = read_call(called("<sessionId>s</sessionId><query>SELECT o FROM Düse o</query>"))
    assert call.operation == "search"
    assert call.text("sessionId") == "s"
    assert call.text("query") == "SELECT o FROM Düse o"
    assert call.text("other") is None
    assert call.all("other") == []


def test_any_prefix_will_do_and_comments_count_for_nothing():
    body = (
        f'<x:Envelope xmlns:x="{SOAP}"><x:Body><logout xmlns="{ICAT}">'
        '<sessionId xmlns="">a<!-- b -->c</sessionId></logout></x:Body></x:Envelope>'
    )
    call = read_call(body.encode())
    assert (call.operation, call.text("sessionId")) == ("logout", "ac")


def test_an_argument_may_come_several_times_and_be_empty():
    call = read_call(called("<beans/><beans><id>2</id></beans><sessionId/>", "deleteMany"))
    assert len(call.all("beans")) == 2
    assert call.text("sessionId") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("-7", -7), ("", 0), ("x", 0), ("9" * 30, 0), (str(2**63 - 1), 2**63 - 1)],
)
def test_a_number_is_read_as_java_does(text, number):
    call = read_call(called(f"<primaryKey>{text}</primaryKey>", "get"))
    assert call.whole_number("primaryKey") == number
    assert call.whole_number("absent") == 0


ENTITIES = "".join(
    f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10))}">' for n in range(1, 10)
)
HOSTILE = {
    "a bomb of entities": called("<query>&e9;</query>").replace(
        b"?><e:", f'?><!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]><e:'.encode()
    ),
    "an entity from a file": called("<query>&f;</query>").replace(
        b"?><e:", b'?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><e:'
    ),
    "a document type from elsewhere": called("<query/>").replace(
        b"?><e:", b'?><!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><e:'
    ),
    "elements within elements": called("<a>" * 5000 + "</a>" * 5000),
    "a long text": called(f"<query>{'x' * 11_000_000}</query>"),
    "no end": called("<query/>")[:-20],
    "no XML": b"GET / HTTP/1.1",
    "nothing": b"",
    "characters that XML forbids": called("<query>\x00</query>"),
    "a wrong encoding": b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>',
    "another root": b"<a/>",
    "SOAP 1.2": called("").replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
    "no body": envelope("<e:Header/>"),
    "an empty body": envelope("<e:Body/>"),
    "an unknown operation": called("", "dropEverything"),
    "an operation of nobody's": called("").replace(ICAT.encode(), b"urn:other"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_call_is_refused(body):
    with pytest.raises(BadEnvelope):
        read_call(body)


def test_an_unknown_operation_is_named():
    with pytest.raises(BadEnvelope, match=r"^Cannot find dispatch method for \{.*\}nonsense$"):
        read_call(called("", "nonsense"))
