"""The sections of the man page that belong to no command: what the screens show, and how they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.blocks.blocks import BlockState
from latticetop.reports.metric_names import GAUGES, REQUEST_LABELS, REQUESTS, REQUESTS_MEANING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ManualSection(NamedTuple):
    """A section: paragraphs, as in the help of a command, then terms with their meaning."""

    title: str
    text: str
    terms: Mapping[str, str]


_BLOCK_RULES = {
    BlockState.LATTICE: "touched by a prefix of a VPC Lattice endpoint or resource gateway",
    BlockState.ALLOCATED: "touched by a prefix of any other network interface, for example of an EKS node",
    BlockState.RESERVED: "holds one of the five addresses that AWS reserves: the first four and the last of the subnet",
    BlockState.FULL: "all sixteen addresses are in use one by one",
    BlockState.FRAGMENTED: "one to fifteen of its addresses are in use; the others are assigned one by one only",
    BlockState.EXPLICIT: "overlaps an explicit CIDR reservation, which AWS does not assign automatically",
    BlockState.PREFIX_RESERVED: "free, inside a prefix CIDR reservation; AWS assigns it first",
    BlockState.FREE: "AWS can assign it as a prefix",
}

_METRICS = GAUGES | {REQUESTS: (REQUESTS_MEANING, REQUEST_LABELS)}

FILES = ManualSection(
    "FILES",
    "",
    {
        "latticetop.toml": "Settings, in the folder where the system keeps configurations (~/.config/latticetop on "
        "Linux), or where LATTICETOP_CONFIG says. latticetop config --example prints every setting with its default, "
        "every action with its keys among them; config --check validates the file; latticetop config shows what is in "
        "effect, and whether a flag, the environment or the file says so.",
        "state.json": "Filters and sort orders saved with K, in the folder where the system keeps the state of "
        "your programs. The demo and a replay save nothing.",
    },
)

BLOCKS = ManualSection(
    "BLOCKS",
    """
    Endpoints and EKS nodes with prefix delegation need whole aligned /28 blocks: sixteen addresses in a row, the first
    of them a multiple of sixteen, none of them in use. Each block of a subnet is one letter. The first rule that
    matches decides. R, A and P are the letters of subnet_frag.py in awslabs/aws-support-tools.

    A prefix CIDR reservation keeps single addresses out of a range. An instance gives its address back when it is
    terminated or replaced, not when it is stopped. A /27 or a /28 subnet can never hold a prefix.
    """,
    {f"{state}  {state.label}": rule for state, rule in _BLOCK_RULES.items()},
)

VERDICTS = ManualSection(
    "VERDICTS",
    """
    The verdict on an endpoint is what its state and its associations mean. Accessible is what AWS says of a resource
    configuration. Only explain --probe opens a connection. What a failed call leaves unknown is named where it is
    missing, with the action; what was read before stays on screen, with its age.
    """,
    {
        "failed but accessible": "AWS says Failed, and at least one association is accessible",
        "failed": "Failed, and no association is accessible; Rejected; Expired",
        "degraded": "Available, and at least one association is not accessible; Partial",
        "healthy": "Available, and every association is accessible, or there is none",
        "waiting for acceptance": "PendingAcceptance: the owner of the service has to accept it; wrong after a day",
        "pending, gone": "Pending; Deleting or Deleted",
        "unknown": "another state, shown as AWS spells it; or some data could not be read",
    },
)

NUMBERS = ManualSection(
    "NUMBERS",
    """
    Free addresses are AvailableIpAddressCount, AWS's own count, wherever the addresses lie. A /28 prefix takes sixteen
    addresses from it, even if few of them are used. A prefix CIDR reservation takes its whole range as soon as it is
    made, an explicit one only what is assigned. Interfaces that are hidden from you, and those of other accounts in a
    shared subnet, are counted too; unaccounted says how many. The count and the interfaces are read by two calls: what
    happens between them is seen with the next read.

    /28 is the number of free blocks. 2-4 is at least 2 and at most 4: AWS counts addresses as used that belong to no
    interface it shows, and each of them can lie in one block that looks free. The count is an upper bound too: with 9
    addresses left no block is free. Where CIDR reservations could not be read, any block may lie in an explicit one,
    so the lower bound is 0.

    fits is how many more endpoints, with one resource each, the subnet has capacity for. 2 is for certain. 0-1: one
    fits if AWS puts its single addresses outside the only free block, none if it puts one inside.
    """,
    {},
)

SEARCH = ManualSection(
    "SEARCH",
    """
    What is typed after / is words and key:value, all of which must match, in small or capital letters. A word of three
    or more letters is searched for in interfaces and their owners too. An address finds its subnet and its block. In
    the grid nothing is hidden: each block found is marked with /, the others are dim.
    """,
    {
        "az:a free:<3": "subnets of zone a with fewer than three free /28 blocks",
        "tag:Team=shop": "a tag",
        "state:failed": "endpoints in a state",
        "-state:available, !state:available": "what does not match",
        '"two words"': "quotes around blanks",
    },
)

COPY_AND_EXPORT = ManualSection(
    "COPY AND EXPORT",
    """
    What y and Y copy reaches the clipboard of your own terminal (OSC 52), over SSH, from tmux with its default settings
    and from GNU screen. For a terminal without that, and for a text of more than 75 kB, it is written to a file that
    the notification names. x never overwrites a file, and disarms in CSV what a spreadsheet would take for a formula.
    """,
    {},
)

CHANGES_AND_TREND = ManualSection(
    "CHANGES AND TREND",
    """
    w keeps the last 2,000 changes of each account and Region, newest first; the first read is none. x writes all of
    them as JSON lines to a new latticetop-changes-….jsonl in the current folder.

    --notify bell rings when the verdict on an endpoint changes. --notify desktop asks the terminal for a notification,
    which iTerm2, kitty, WezTerm, Ghostty, foot and Windows Terminal show, over SSH too; tmux needs allow-passthrough
    on.

    t shows the free blocks of each subnet, and how many endpoints fit into each VPC with one subnet per zone, since
    latticetop was started or over a whole recording. When they run out is a range: where the count would be if it
    went on like that. There is one only where the count has changed five times over ten minutes or more, and clearly
    falls.
    """,
    {},
)

ACCOUNTS_AND_REGIONS = ManualSection(
    "ACCOUNTS AND REGIONS",
    """
    --profile and --region may be repeated; --region all is every enabled Region that has VPC Lattice. Several are read
    at a time (at_once in latticetop.toml), and one that fails does not stop the others. The first screen then lists
    what is wrong in any of them and what is unknown, worst first, and the first line of each screen counts it.
    Credentials are resolved once per profile. explain and plan find the account and Region of the id they are given.

    Roles to assume in member accounts are in latticetop.toml, and --profile selects them by name:

    \b
    profiles = ["hub"]
    regions = ["us-east-1", "eu-west-1"]
    [[roles]]
    arn = "arn:aws:iam::123456789012:role/latticetop"
    name = "payments"
    profile = "hub"
    external_id = "…"
    regions = ["us-east-1"]

    profile is whose credentials assume the role (default: those at hand), external_id is what its trust policy
    requires, regions are those of this role alone.

    In place of a role for each, latticetop.toml can name an organization. Its active accounts are listed when a command
    starts, and each hour while one follows them: new accounts appear, suspended ones go.

    \b
    [organization]
    role = "latticetop"
    profile = "hub"
    external_id = "…"
    units = ["ou-ab12-11111111"]
    exclude = ["sandbox", "123456789012"]
    regions = ["us-east-1"]

    role is assumed in each account, as arn:aws:iam::ACCOUNT:role/latticetop, with the credentials of profile. units
    count with the units below them. The accounts are listed by organizations:ListAccounts (with units by
    ListAccountsForParent and ListOrganizationalUnitsForParent), which AWS allows the management account and delegated
    administrators; without that, accounts = "accounts.json" takes them from a file beside latticetop.toml, written by
    aws organizations list-accounts. --profile selects accounts by name or number, or include does; the name of an AWS
    profile means that profile. An account is named by its number too where another has the same name.

    The account of profile itself is read with these credentials, not by the role: a StackSet with service-managed
    permissions creates no role in the management account. exclude leaves it out. Do not use
    OrganizationAccountAccessRole, which is an administrator. latticetop info --member-role prints the role as a
    CloudFormation template:

    \b
    latticetop info --member-role > role.json
    aws cloudformation create-stack-set --stack-set-name latticetop --template-body file://role.json \\
      --parameters ParameterKey=TrustedArn,ParameterValue=arn:aws:iam::123456789012:role/hub \\
      --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false \\
      --capabilities CAPABILITY_NAMED_IAM
    aws cloudformation create-stack-instances --stack-set-name latticetop --regions us-east-1 \\
      --deployment-targets OrganizationalUnitIds=r-ab12

    A role that may not be assumed is told as denied, with its account, and does not stop the others.

    Each read takes the counts of all subnets first, then what changed, what is on screen, and what belongs to a pending
    endpoint; the rest takes turns, so that the interfaces of every subnet are read within five minutes. CIDR
    reservations take one call for each subnet: every five minutes for the subnet on screen, within the hour for all
    others, and with the next read where the free addresses of the subnet on screen, or of one with an endpoint, change
    by eight or more; r reads them now. --max-calls limits the calls a minute of each account, and at_once in
    latticetop.toml how many accounts and Regions are read at the same time.
    """,
    {},
)

SELECTION = ManualSection(
    "SELECTION",
    """
    --subnet-id, --vpc-id and --cluster each add subnets. --tag KEY=VALUE leaves of those of VPCs and clusters, or
    without these of the Region, the ones that bear the tag, and --tag KEY the ones with any value of it: as in the
    filters of EC2, each key must match, with one of its values, letter by letter. In latticetop.toml these are
    subnet_ids, vpc_ids, clusters and tags. What is selected counts, whether or not anything in it needs blocks; a /27
    or /28, in which no block can be free, by its own id only. In one account and Region a tag or cluster that does not
    exist is a mistake; of several, one has to have it.

    The subnets of an EKS cluster are those of its interfaces (cluster.k8s.amazonaws.com/name, or described as Amazon
    EKS NAME), those tagged kubernetes.io/cluster/NAME or karpenter.sh/discovery = NAME, and its own ones, as
    eks:DescribeCluster has them. Where that is denied it says so, and the others are selected.
    """,
    {},
)

CI = ManualSection(
    "CI",
    """
    The formats of check and plan, and what --output does with them: the file is written beside and renamed, so that
    nobody reads half of it. It keeps its mode, and a new one has what the umask leaves. A pipe or a device is written
    as it is. Where nothing could be read it is written too, and says that.
    """,
    {
        "text": "for people; of more than ten accounts and Regions a line for each that is wrong or unknown, then what "
        "is wrong, and what helps. It is wrapped on a terminal alone: in a pipe or a file each sentence is one line, "
        "however long, which grep finds whole and fold -s wraps",
        "json": "one document, with every detail; --schema prints its JSON Schema",
        "junit": "JUnit XML: a suite for each account and Region, a case for each endpoint and subnet that counts, "
        "or of a plan for each subnet, else one for the account; what is wrong is a failure, what is unknown an error",
        "github": "workflow commands of GitHub Actions: an error for what is wrong, a warning for what is unknown, and "
        "a notice with their numbers; GitHub shows ten of each for a step, the log has all",
        "metrics": "for the textfile collector of node_exporter, from cron for one, of check alone; an account that "
        "could not be read has latticetop_scope_up 0",
    },
)

RECORDINGS = ManualSection(
    "RECORDINGS",
    """
    --record FILE writes all that is read and each problem to a new file that only its owner can read, CloudTrail's
    events of endpoints that are explained meanwhile included. Only changes are written, compressed: an hour of a small
    account takes some 100 kB. A recording holds one account and Region. If the disk is full, the dashboard says so and
    goes on, and so does the recording once there is space.

    --redact makes a recording that can be handed on: account ids, names, tags, descriptions, ARNs, host names, profiles
    and AWS's messages are replaced, the same one always by the same. Ids made by AWS, addresses, states, zones and
    Regions stay, and so do verdicts and maps. A damaged or hostile file is refused with a sentence.

    check, explain and plan read a recording instead of AWS with --from FILE, at the time that --at says; watch --from
    prints its changes. FILE may be a pipe, such as /dev/stdin. check --record FILE records the one moment that check
    has read, of AWS or of files without credentials (below), with the CloudTrail events in them.
    """,
    {},
)

WITHOUT_CREDENTIALS = ManualSection(
    "WITHOUT CREDENTIALS",
    """
    latticetop dump prints a shell script that reads an account with the AWS CLI, for whoever has its credentials: on
    another machine, or in CloudShell. It makes a directory with one file for each call: the command with its time,
    then what the AWS CLI printed, or why it failed. It pages the lists that the AWS CLI does not page, and asks for the
    interfaces that AWS services hide, where the AWS CLI can. CIDR reservations take one call for each subnet; --vpc-id
    and --subnet-id select some. The files hold names, tags and addresses, and only their owner can read them.

    check, explain, plan and watch with --from, and replay, read such a directory, and any other JSON that the AWS CLI
    printed, whatever stands around it: several answers in a file, prompts, Markdown, a quoted mail; - is stdin. So are
    items of AWS Config, CloudTrail events of a trail (gzip too), rows of Steampipe and CloudQuery, and recordings of
    botocore. Names of files say nothing, but for an empty list: it is of the resource that the command above it, or
    else the file's name, has the id of. Several accounts or Regions are several scopes: by the account of
    get-caller-identity in the same directory, else by the owner of the endpoints, and by the zones. Of two records with
    one id the later counts. What is missing is unknown, as where a call was denied, and named with the command that
    tells it. The time is the newest in the files, or that of --at.
    """,
    {},
)

METRICS = ManualSection(
    "METRICS",
    """
    latticetop export serves these to Prometheus; check --format metrics prints them for the textfile collector of
    node_exporter. Each name begins with latticetop_. What is not known is absent, never 0: the free blocks of a subnet
    whose CIDR reservations were not read, for one. Names are labels of the info metrics only; multiply by these for
    alerts with names, as the rules of latticetop export --rules do.
    """,
    {name: f"{meaning} Labels: {', '.join(labels)}." for name, (meaning, labels) in _METRICS.items()},
)

TERMINALS = ManualSection(
    "TERMINALS",
    """
    From 60 by 20 on everything that matters is on screen, up to 300 by 90 and more. Text has a contrast of at least
    4.5:1 and borders of 3:1 (WCAG AA), except in the theme terminal, whose colours are yours. Colour is never the only
    sign: each block has its letter, each state its word.
    """,
    {
        "dark, light": "the usual themes; dark unless you choose",
        "contrast": "at least 7:1 for every text, on black",
        "colour-blind": "red-green blindness: healthy is blue, failed is orange",
        "colour-blind-blue": "blue-yellow blindness: healthy is teal, failed is red",
        "terminal": "your terminal's own sixteen colours and its background",
        "TERM=screen-256color": "has 256 colours: the nearest ones are taken, and states still differ",
        "TERM=screen, TERM=linux": "has sixteen: the theme is terminal, unless you choose",
        "TERM=dumb, NO_COLOR": "has none: letters in bold, reversed, underlined or dim",
        "--ascii": "for lines and dots that are drawn wrongly or two columns wide; names stay as they are",
    },
)

DIAGNOSTICS = ManualSection(
    "DIAGNOSTICS",
    """
    latticetop info is for bug reports. --log FILE, with the dashboard too, writes a line for each AWS API call:
    account, Region, action, page, attempt, milliseconds, status and outcome, as grep outcome=throttled finds. It holds
    nothing that is asked or answered. 5 MB are kept four times.
    """,
    {},
)

LIMITATIONS = ManualSection(
    "LIMITATIONS",
    """
    latticetop does not know whether traffic flows: it shows what AWS says. Nor why AWS builds two kinds of interface
    for an endpoint: that one described as VPC Endpoint Interface: vpce-…, with a colon, serves VPC Lattice services,
    and the spelling without one resources, is an inference from what was observed. A block that is free now may be
    given to someone else first. Whose the addresses are that AWS counts and does not show is unknown. Of what was
    deleted before the first read only CloudTrail's event history tells, in explain.
    """,
    {},
)

SECTIONS = (
    FILES,
    BLOCKS,
    VERDICTS,
    NUMBERS,
    SEARCH,
    COPY_AND_EXPORT,
    CHANGES_AND_TREND,
    ACCOUNTS_AND_REGIONS,
    SELECTION,
    CI,
    RECORDINGS,
    WITHOUT_CREDENTIALS,
    METRICS,
    TERMINALS,
    DIAGNOSTICS,
    LIMITATIONS,
)
"""The sections after those that are made from the commands and the keys."""
