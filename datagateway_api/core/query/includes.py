"""From the ``include`` parameters to a tree of relations."""

from typing import TypeAlias

from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Include
from datagateway_api.core.query.names import Names
from datagateway_api.core.query.parse import shown

MOST_RELATIONS = 100

Tree: TypeAlias = dict[str, "Tree"]


def includes(
    names: Names, entity: Entity, asked: tuple[object, ...], most: int = MOST_RELATIONS
) -> tuple[Include, ...]:
    """Unite names, dotted paths, lists and objects, nested in any way, into one tree.

    Raises BadFilter for anything else, for attributes and for unknown names.
    """
    if not asked:
        return ()
    tree: Tree = {}
    collector = _Collector(names, most)
    for value in asked:
        collector.add(tree, entity, value, 0)
    return _build(names, entity, tree)


class _Collector:
    """Adds what was asked to a tree of relation names."""

    def __init__(self, names: Names, most: int) -> None:
        self._names = names
        self._most = most
        self._count = 0

    def add(self, tree: Tree, entity: Entity, value: object, depth: int) -> None:
        if depth > self._names.max_depth * 2:
            raise BadFilter(
                f"include walks more than {self._names.max_depth} relations, "
                f"the most that this server accepts (max_path_depth)"
            )
        if isinstance(value, str):
            self._walk(tree, entity, value)
        elif isinstance(value, list):
            for item in value:
                self.add(tree, entity, item, depth + 1)
        elif isinstance(value, dict):
            for name, below in value.items():
                subtree, target = self._walk(tree, entity, name)
                self.add(subtree, target, below, depth + 1)
        else:
            raise BadFilter(
                'include must be a name, a list or an object such as {"datasets":"type"}, '
                f"got {shown(value)}"
            )

    def _walk(self, tree: Tree, entity: Entity, dotted: str) -> tuple[Tree, Entity]:
        for segment in dotted.split("."):
            relation = self._names.relation(entity, segment, dotted)
            if relation.name not in tree:
                self._count += 1
                if self._count > self._most:
                    raise BadFilter(
                        f"include may name at most {self._most} relations on this server "
                        "(max_includes)"
                    )
            tree = tree.setdefault(relation.name, {})
            entity = self._names.schema.target(relation)
        return tree, entity


def _build(names: Names, entity: Entity, tree: Tree, depth: int = 1) -> tuple[Include, ...]:
    if tree and depth > names.max_depth:
        raise BadFilter(
            f"include walks more than {names.max_depth} relations, "
            f"the most that this server accepts (max_path_depth)"
        )
    return tuple(
        Include(
            relation, _build(names, names.schema.target(relation), tree[relation.name], depth + 1)
        )
        for relation in entity.relations.values()
        if relation.name in tree
    )
