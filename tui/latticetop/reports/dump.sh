if [ -n "${ZSH_VERSION-}" ]; then emulate sh; fi
trap 'exit 130' INT
umask 077
failed=0
said=
found=
hidden=--include-managed-resources

say() { printf 'latticetop dump: %s\n' "$1" >&2; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# begin DIRECTORY: makes it.
begin() {
  directory=$1
  errors=$directory/.errors
  if ! command -v aws > /dev/null; then
    say 'there is no AWS CLI: the program aws is not on the PATH.'
    exit 1
  fi
  if [ -e "$directory" ]; then
    say "$directory exists already: move it away, or make this script with another --output-dir."
    exit 1
  fi
  mkdir -p "$directory" || exit 1
}

# configured_region [--profile NAME]: the Region of the environment, else of the profile.
configured_region() { echo "${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws "$@" configure get region)}}"; }

# try NAME COMMAND…: a command of the AWS CLI, its time, and what it prints or why it failed, in a file of that name.
try() {
  file=$folder/$1.txt
  shift
  printf '$ aws %s --region %s  # %s\n' "$*" "$region" "$(now)" > "$file"
  aws_cli "$@" --output json >> "$file" 2> "$errors" && return
  cat "$errors" >> "$file"
  return 1
}

# get NAME COMMAND…: the same, and a sentence where an operation fails for the first time.
get() { try "$@" || complain "$@"; }

# complain NAME COMMAND…: says why it failed, and fails.
complain() {
  failed=$((failed + 1))
  case $said in
    *" $region $2 $3 "*) ;;
    *) say "aws $2 $3 failed in $region: $(grep . "$errors" | tail -n 1)" ;;
  esac
  said="$said $region $2 $3 "
  return 1
}

# get_pages NAME COMMAND…: an operation that the AWS CLI does not page by itself, a file for each page.
get_pages() {
  name=$1
  number=1
  last=
  shift
  get "$name-1" "$@" || return
  while
    token=$(sed -n 's/^    "NextToken": "\(.*\)",\{0,1\}$/\1/p' "$file")
    [ -n "$token" ]
  do
    if [ "$token" = "$last" ]; then
      failed=$((failed + 1))
      say "aws $1 $2 returned the same NextToken twice in $region: records are missing."
      return 1
    fi
    last=$token
    number=$((number + 1))
    get "$name-$number" "$@" --next-token "$token" || return
  done
}

# get_interfaces NAME [OPTION…]: with the interfaces that AWS services hide, where this AWS CLI can ask for them.
get_interfaces() {
  name=$1
  shift
  set -- ec2 describe-network-interfaces --page-size 1000 "$@"
  if [ -n "$hidden" ]; then
    try "$name" "$@" "$hidden" && return
    if ! grep -q '[Uu]nknown option' "$errors"; then
      complain "$name" "$@"
      return
    fi
    say "this AWS CLI does not know $hidden: interfaces that AWS services hide may be missing."
    hidden=
  fi
  get "$name" "$@"
}

# values MEMBER NAME: the ids or ARNs that a member has in the files of a name, each once.
values() {
  sed -n "s/^ *\"$1\": \"\([0-9A-Za-z:/_-]*\)\",\{0,1\}\$/\1/p" "$folder/$2"*.txt | sort -u
}

# endpoints: id, VPC, service network and creation time of each endpoint, - for what it does not have.
endpoints() {
  awk '
    function value() { gsub(/[^0-9A-Za-z:\/_.+-]/, "", $2); return $2 == "" ? "-" : $2 }
    /^        \{/ { id = vpc = network = created = "-" }
    /^            "VpcEndpointId": / { id = value() }
    /^            "VpcId": / { vpc = value() }
    /^            "ServiceNetworkArn": / { network = value() }
    /^            "CreationTimestamp": / { created = value() }
    /^        \}/ { print id, vpc, network, created }
  ' "$folder/endpoints.txt"
}

# seconds: of a time such as 2024-12-19T08:18:49.081Z, since 1970.
seconds() {
  awk '{
    split($0, part, /[-T:.Z+]/)
    early = part[2] < 3
    years = part[1] - early
    months = part[2] - 3 + 12 * early
    days = int((153 * months + 2) / 5) + 365 * years + int(years / 4) - int(years / 100) + int(years / 400)
    printf "%d\n", ((days + part[3] - 719469) * 24 + part[4]) * 3600 + part[5] * 60 + part[6]
  }'
}

# lattice: the VPC Lattice records of the service networks that endpoints lead to.
lattice() {
  networks=$(endpoints | awk '$3 != "-" { print $3 }' | sort -u)
  [ -n "$networks" ] || return
  get service-networks vpc-lattice list-service-networks
  get resource-gateways vpc-lattice list-resource-gateways
  get resource-configurations vpc-lattice list-resource-configurations
  for network in $networks; do
    id=${network##*/}
    set -- --service-network-identifier "$network"
    get "$id-services" vpc-lattice list-service-network-service-associations "$@"
    get "$id-resources" vpc-lattice list-service-network-resource-associations "$@"
    get "$id-vpcs" vpc-lattice list-service-network-vpc-associations "$@"
    get "$id-endpoints" vpc-lattice list-service-network-vpc-endpoint-associations "$@"
  done
  for vpc in $(endpoints | awk '$3 != "-" { print $2 }' | sort -u); do
    get "$vpc-service-networks" vpc-lattice list-service-network-vpc-associations --vpc-identifier "$vpc"
  done
}

# events ID: the CloudTrail events around the creation of an endpoint; in a busy account only those of these names.
events() {
  created=$(endpoints | awk -v id="$1" '$1 == id { print $4 }')
  [ -n "$created" ] || return
  found="$found $1 "
  [ "$created" != - ] || return
  start=$(($(echo "$created" | seconds) - WINDOW_BEFORE))
  end=$((start + WINDOW_BEFORE + WINDOW_AFTER + 1))
  latest=$(now | seconds)
  [ "$end" -le "$latest" ] || end=$latest
  set -- "events-$1" cloudtrail lookup-events --start-time "$start" --end-time "$end" --lookup-attributes
  get "$@" AttributeKey=ReadOnly,AttributeValue=false --max-items MAX_EVENTS || return
  grep -q '^    "NextToken": "' "$file" || return
  base=$1
  shift
  for event in EVENT_NAMES; do
    get "$base-$event" "$@" "AttributeKey=EventName,AttributeValue=$event"
  done
}

# read_scope NAME: an account and Region into a folder.
read_scope() {
  if [ -z "$region" ]; then
    failed=$((failed + 1))
    say 'there is no Region: set AWS_REGION, or make this script with --region.'
    return
  fi
  folder=$directory$1
  mkdir -p "$folder" || exit 1
  say "reading $region"
  get identity sts get-caller-identity
  get vpcs ec2 describe-vpcs
  read_subnets
  get endpoints ec2 describe-vpc-endpoints
  get_pages associations ec2 describe-vpc-endpoint-associations --max-results 100
  lattice
  for endpoint in $explained; do events "$endpoint"; done
  subnets=$(values SubnetId subnets)
  for subnet in $subnets; do
    get_pages "reservations-$subnet" ec2 get-subnet-cidr-reservations --max-results 1000 --subnet-id "$subnet"
  done
}

# read_regions NAME: every Region that is enabled in the account.
read_regions() {
  region=${region:-us-east-1}
  folder=$directory$1
  mkdir -p "$folder" || exit 1
  get regions ec2 describe-regions
  for region in $(values RegionName regions); do read_scope "$1/$region"; done
}

# finish COMMAND: says how complete it is, and what reads it.
finish() {
  rm -f "$errors"
  for endpoint in $explained; do
    case $found in
      *" $endpoint "*) ;;
      *)
        failed=$((failed + 1))
        say "there is no endpoint $endpoint in what was read."
        ;;
    esac
  done
  if [ "$failed" -gt 0 ]; then
    say "the dump is not complete. This says what is missing: $1"
    exit 3
  fi
  say "complete. Read it with: $1"
}
