-- Asks for the addresses in a file, one after the other, and prints what was measured as JSON.
local requests, number = {}, 0

function init(args)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  number = number % #requests + 1
  return requests[number]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    'MEASURED {"requests":%d,"microseconds":%d,"p50":%f,"p99":%f,"errors":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
