"""Draws the architecture as SVG: nodes on a grid of columns and rows, and the edges between them."""

from dataclasses import dataclass
from html import escape

ROW, TOP, FONT = 88, 40, 16
WIDTH, HEIGHT = 1300, 1022

# The left edge and the width of each column.
COLUMNS = {
    "operators": (14, 100),
    "table": (152, 148),
    "function1": (362, 124),
    "queue1": (520, 96),
    "function2": (650, 116),
    "queue2": (800, 96),
    "function3": (930, 104),
    "service": (1084, 104),
    "phones": (1220, 66),
}

FILLS = {
    "table": "#dbe9ff",
    "function": "#ffe6cc",
    "queue": "#ead9f7",
    "service": "#d9f2e3",
    "person": "#f2f2f2",
}


@dataclass(frozen=True)
class Node:
    """A box with lines of text. It begins at a column and a row, and may span several of both."""

    kind: str
    column: str
    row: float
    lines: tuple[str, ...]
    rows: float = 1
    last_column: str = ""

    @property
    def left(self) -> float:
        """The x of the left edge."""
        return COLUMNS[self.column][0]

    @property
    def right(self) -> float:
        """The x of the right edge."""
        left, width = COLUMNS[self.last_column or self.column]
        return left + width

    @property
    def top(self) -> float:
        """The y of the upper edge."""
        return TOP + self.row * ROW + 24

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return TOP + (self.row + self.rows) * ROW - 10

    @property
    def x(self) -> float:
        """The x of the center."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The y of the center."""
        return (self.top + self.bottom) / 2


NODES = {
    "operators": Node("person", "operators", 1, ("Operators:", "console,", "command", "line"), rows=6),
    "console": Node("function", "operators", 0, ("serve_", "console")),
    "phones": Node("person", "phones", 1, ("Phones",), rows=9),
    "eum": Node("service", "service", 1, ("AWS End", "User", "Messaging", "SMS"), rows=9),
    "connect": Node("service", "service", 10, ("Amazon", "Connect")),
    "segment_members": Node("table", "function2", 0, ("Segment-", "Members")),
    "campaigns": Node("table", "table", 1, ("Campaigns",)),
    "launch": Node("function", "function1", 1, ("launch_", "campaign")),
    "pages": Node("queue", "queue1", 1, ("pages", "queue")),
    "plan": Node("function", "function2", 1, ("plan_", "campaign")),
    "dispatch": Node("queue", "queue2", 1, ("dispatch", "queue")),
    "send": Node("function", "function3", 1, ("send_", "campaign")),
    "reconcile_campaign": Node("function", "queue2", 0, ("reconcile_", "campaign"), last_column="function3"),
    "summarize": Node("function", "function1", 2, ("summarize_", "campaign")),
    "counters": Node("table", "queue1", 2, ("Campaign-", "Counters")),
    "deliveries": Node("table", "function2", 2, ("Deliveries",), last_column="function3"),
    "fill_contacts": Node("table", "table", 3, ("FillContacts",)),
    "plan_fill": Node("function", "function1", 3, ("plan_fill_", "wave")),
    "fill_queue": Node("queue", "queue1", 3, ("fill", "queue")),
    "record": Node("function", "function2", 3, ("record_deliv-", "ery_event")),
    "events_queue": Node("queue", "queue2", 3, ("events", "queue")),
    "events_topic": Node("queue", "function3", 3, ("events", "topic")),
    "shifts": Node("table", "table", 4, ("Shifts",)),
    "detect": Node("function", "function1", 4, ("detect_shift_", "changes")),
    "reconcile_queue": Node("queue", "queue1", 4, ("reconcile", "queue")),
    "reconcile": Node("function", "function2", 4, ("reconcile_", "shift")),
    "timers": Node(
        "service", "queue1", 5, ("EventBridge Scheduler:", "shift timers"), last_column="function2"
    ),
    "event_bus": Node("service", "table", 5, ("EventBridge bus",)),
    "publish": Node("function", "function1", 5, ("publish_", "domain_events")),
    "inbox": Node("table", "table", 6, ("OperatorInbox",)),
    "operator_reply": Node("function", "function1", 6, ("send_opera-", "tor_reply")),
    "index_managers": Node("function", "table", 7, ("index_", "managers")),
    "notify_managers": Node("function", "function1", 7, ("notify_", "managers")),
    "outbox": Node("table", "function2", 7, ("Outbox",)),
    "outbox_queue": Node("queue", "queue2", 7, ("outbox", "queue")),
    "send_outbox": Node("function", "function3", 7, ("send_", "outbox")),
    "inbound_topic": Node("queue", "function3", 8, ("inbound", "topic")),
    "inbound_queue": Node("queue", "queue2", 8, ("inbound", "queue")),
    "process": Node("function", "function2", 8, ("process_", "inbound_sms")),
    "people": Node(
        "table", "table", 9, ("Employees, EmployeeBookings,", "Conversations"), last_column="function1"
    ),
    "callback_queue": Node("queue", "function2", 10, ("callback", "queue")),
    "callback": Node("function", "queue2", 10, ("start_", "callback")),
    "alarms": Node(
        "service", "table", 10, ("dead-letter queues,", "alarms, alarm topic"), last_column="function1"
    ),
}

# Title, first row, rows, first column, last column.
LANES = (
    ("CampaignLauncher, CampaignSummary", 0, 3, "table", "function3"),
    ("FillPlanner", 3, 1, "table", "queue1"),
    ("DeliveryEvents", 3, 1, "function2", "function3"),
    ("ShiftReconciler", 4, 1, "table", "function3"),
    ("DomainEvents", 5, 1, "table", "function1"),
    ("ShiftReconciler: timers", 5, 1, "queue1", "function3"),
    ("OperatorInbox", 6, 1, "table", "function3"),
    ("ManagerNotices", 7, 1, "table", "function1"),
    ("OutboxSender", 7, 1, "function2", "function3"),
    ("InboundSmsProcessor", 8, 2, "table", "function3"),
    ("AlarmTopic", 10, 1, "table", "function1"),
    ("OptionalConnectCallback", 10, 1, "queue1", "function3"),
)

Point = tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """An arrow along points. The stream of a table is dashed."""

    points: tuple[Point, ...]
    stream: bool = False
    label: str = ""
    both_ways: bool = False


def _horizontal(
    first: str, second: str, *, at: float | None = None, stream: bool = False, label: str = ""
) -> Edge:
    """Returns a horizontal arrow, in the middle of the lower box unless `at` is given."""
    one, other = NODES[first], NODES[second]
    y = at if at is not None else (one.y if one.rows <= other.rows else other.y)
    ends = (one.right, other.left) if one.left < other.left else (one.left, other.right)
    return Edge(((ends[0], y), (ends[1], y)), stream, label)


def _vertical(first: str, second: str) -> Edge:
    """Returns a vertical arrow, in the middle of the narrower box."""
    one, other = NODES[first], NODES[second]
    x = one.x if one.right - one.left <= other.right - other.left else other.x
    ends = (one.bottom, other.top) if one.top < other.top else (one.top, other.bottom)
    return Edge(((x, ends[0]), (x, ends[1])))


def _edges() -> list[Edge]:
    node = NODES
    process, people, reconcile, timers = (node[name] for name in ("process", "people", "reconcile", "timers"))
    outbox = node["outbox"]
    x_to_outbox = outbox.right + 17
    x_to_inbox = node["shifts"].right + 24
    x_to_shifts = x_to_inbox + 18
    notify, x_to_notify = node["notify_managers"], node["notify_managers"].left - 8
    reply_y = people.y
    above_shifts = (node["fill_queue"].bottom + node["detect"].top) / 2
    below_shifts = node["shifts"].bottom + 4, node["shifts"].bottom + 10
    x_to_publish = node["publish"].x + 15, node["publish"].x - 15
    beside_tables = node["campaigns"].left - 7
    below_deliveries = (node["deliveries"].bottom + node["plan_fill"].top) / 2
    return [
        _horizontal("operators", "campaigns"),
        _horizontal("operators", "shifts"),
        _horizontal("operators", "inbox"),
        _horizontal("campaigns", "launch", stream=True),
        _horizontal("launch", "pages"),
        _horizontal("pages", "plan"),
        _horizontal("plan", "dispatch"),
        _horizontal("dispatch", "send"),
        _horizontal("send", "eum"),
        _vertical("reconcile_campaign", "dispatch"),
        _vertical("segment_members", "plan"),
        _vertical("plan", "deliveries"),
        _vertical("send", "deliveries"),
        _horizontal("counters", "summarize", stream=True),
        Edge(
            (
                (node["summarize"].left, node["summarize"].y),
                (node["campaigns"].x, node["summarize"].y),
                (node["campaigns"].x, node["campaigns"].bottom),
            )
        ),
        _horizontal("eum", "events_topic"),
        _horizontal("events_topic", "events_queue"),
        _horizontal("events_queue", "record"),
        _vertical("record", "deliveries"),
        _horizontal("shifts", "detect", stream=True),
        _horizontal("detect", "reconcile_queue"),
        _horizontal("reconcile_queue", "reconcile"),
        Edge(
            (
                (reconcile.right, reconcile.y),
                (x_to_outbox, reconcile.y),
                (x_to_outbox, outbox.y),
                (outbox.right, outbox.y),
            )
        ),
        Edge(((reconcile.x, reconcile.bottom), (reconcile.x, timers.top))),
        Edge(
            (
                (node["reconcile_queue"].x, timers.top),
                (node["reconcile_queue"].x, node["reconcile_queue"].bottom),
            )
        ),
        Edge(
            (
                (node["detect"].right - 15, node["detect"].top),
                (node["detect"].right - 15, above_shifts),
                (node["fill_queue"].x, above_shifts),
                (node["fill_queue"].x, node["fill_queue"].bottom),
            )
        ),
        _horizontal("fill_queue", "plan_fill"),
        _horizontal("plan_fill", "fill_contacts"),
        Edge(
            (
                (node["plan_fill"].right - 15, node["plan_fill"].top),
                (node["plan_fill"].right - 15, below_deliveries),
                (node["deliveries"].left + 15, below_deliveries),
                (node["deliveries"].left + 15, node["deliveries"].bottom),
            )
        ),
        Edge(
            (
                (node["shifts"].right - 15, node["shifts"].bottom),
                (node["shifts"].right - 15, below_shifts[0]),
                (x_to_publish[0], below_shifts[0]),
                (x_to_publish[0], node["publish"].top),
            ),
            stream=True,
        ),
        Edge(
            (
                (node["campaigns"].left, node["campaigns"].y + 14),
                (beside_tables, node["campaigns"].y + 14),
                (beside_tables, below_shifts[1]),
                (x_to_publish[1], below_shifts[1]),
                (x_to_publish[1], node["publish"].top),
            ),
            stream=True,
        ),
        _horizontal("publish", "event_bus"),
        _horizontal("inbox", "operator_reply", at=node["inbox"].y - 10, stream=True),
        Edge(
            (
                (node["operator_reply"].right, node["operator_reply"].y),
                (outbox.x, node["operator_reply"].y),
                (outbox.x, outbox.top),
            )
        ),
        Edge(
            (
                (node["inbox"].right, node["inbox"].y + 12),
                (x_to_notify, node["inbox"].y + 12),
                (x_to_notify, notify.y - 8),
                (notify.left, notify.y - 8),
            ),
            stream=True,
        ),
        _horizontal("notify_managers", "outbox", at=notify.y - 8),
        Edge(
            (
                (node["index_managers"].x, people.top),
                (node["index_managers"].x, node["index_managers"].bottom),
            ),
            stream=True,
        ),
        _horizontal("outbox", "outbox_queue", at=outbox.y + 12),
        _horizontal("outbox_queue", "send_outbox"),
        _horizontal("send_outbox", "eum"),
        _vertical("process", "outbox"),
        _horizontal("eum", "inbound_topic"),
        _horizontal("inbound_topic", "inbound_queue"),
        _horizontal("inbound_queue", "process"),
        Edge(
            (
                (process.left, process.y - 12),
                (x_to_shifts, process.y - 12),
                (x_to_shifts, node["shifts"].y + 12),
                (node["shifts"].right, node["shifts"].y + 12),
            )
        ),
        Edge(
            (
                (process.left, process.y + 12),
                (x_to_inbox, process.y + 12),
                (x_to_inbox, node["inbox"].y + 14),
                (node["inbox"].right, node["inbox"].y + 14),
            )
        ),
        Edge(
            ((process.x - 38, process.bottom), (process.x - 38, reply_y), (people.right, reply_y)),
            both_ways=True,
        ),
        Edge(
            ((process.x + 38, process.bottom), (process.x + 38, reply_y), (node["eum"].left, reply_y)),
            label="reply",
        ),
        Edge(((process.x, process.bottom), (process.x, node["callback_queue"].top))),
        _horizontal("callback_queue", "callback"),
        _horizontal("callback", "connect", label="call"),
        Edge(
            (
                (node["operators"].x, node["operators"].top),
                (node["console"].x, node["console"].bottom),
            )
        ),
        Edge(
            (
                (node["console"].right, node["console"].y),
                (node["campaigns"].x, node["console"].y),
                (node["campaigns"].x, node["campaigns"].top),
            )
        ),
        Edge(
            (
                (node["alarms"].left, node["alarms"].y),
                (node["operators"].x, node["alarms"].y),
                (node["operators"].x, node["operators"].bottom),
            )
        ),
        _horizontal("eum", "phones", at=node["eum"].y - 120),
        _horizontal("phones", "eum", at=node["eum"].y + 120),
        Edge(
            (
                (node["connect"].right, node["connect"].y),
                (node["phones"].x, node["connect"].y),
                (node["phones"].x, node["phones"].bottom),
            )
        ),
    ]


def pages() -> dict[str, str]:
    """Returns the drawing by its path."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="{FONT}">\n<title>Data flow of shift_sms</title>\n'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#333"/>'
        "</marker></defs>"
    )
    parts = [
        head,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *map(_lane, LANES),
        *map(_edge, _edges()),
        *map(_node, NODES.values()),
        _legend(),
        "</svg>",
    ]
    return {"images/architecture.svg": "\n".join(parts) + "\n"}


def _lane(lane: tuple[str, int, int, str, str]) -> str:
    title, row, rows, first, last = lane
    left, right = COLUMNS[first][0] - 14, sum(COLUMNS[last]) + 14
    y = TOP + row * ROW + 3
    return (
        f'<rect x="{left}" y="{y}" width="{right - left}" height="{rows * ROW - 6}" rx="8" fill="#fafafa" '
        f'stroke="#bbb"/><text x="{left + 14}" y="{y + 16}" font-size="14" '
        f'font-weight="bold" fill="#555">{title}</text>'
    )


def _node(node: Node) -> str:
    width, height = node.right - node.left, node.bottom - node.top
    box = (
        f'<rect x="{node.left}" y="{node.top}" width="{width}" height="{height}" rx="6" '
        f'fill="{FILLS[node.kind]}" stroke="#444"/>'
    )
    first = node.y - (len(node.lines) - 1) * 9.5 + 5.5
    words = "".join(
        f'<text x="{node.x}" y="{first + number * 19}" text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(node.lines)
    )
    return box + words


def _edge(edge: Edge) -> str:
    path = " ".join(f"{x},{y}" for x, y in edge.points)
    dashes = ' stroke-dasharray="7 4"' if edge.stream else ""
    start = ' marker-start="url(#tip)"' if edge.both_ways else ""
    line = (
        f'<polyline points="{path}" fill="none" stroke="#333" stroke-width="1.6"{dashes}{start} '
        'marker-end="url(#tip)"/>'
    )
    if not edge.label:
        return line
    (x1, y1), (x2, _) = edge.points[-2:]
    middle = (x1 + x2) / 2
    return f'{line}<text x="{middle}" y="{y1 - 6}" text-anchor="middle" font-size="14">{edge.label}</text>'


def _legend() -> str:
    x, parts = 152.0, []
    for kind, label in (
        ("table", "DynamoDB table"),
        ("function", "Lambda function"),
        ("queue", "SQS queue or SNS topic"),
        ("service", "AWS service"),
    ):
        parts.append(
            f'<rect x="{x}" y="14" width="20" height="20" rx="4" fill="{FILLS[kind]}" stroke="#444"/>'
            f'<text x="{x + 28}" y="29" font-size="14">{label}</text>'
        )
        x += 60 + len(label) * 7.2
    parts.append(
        f'<line x1="{x}" y1="24" x2="{x + 36}" y2="24" stroke="#333" stroke-width="1.6" '
        f'stroke-dasharray="7 4"/><text x="{x + 44}" y="29" font-size="14">stream of a table</text>'
    )
    return "".join(parts)
