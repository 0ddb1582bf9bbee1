# shellcheck shell=sh
# Functions of the scripts beside this file: options, messages, releases.
#
# A release is a text with a line NAME=image@sha256:... for each of our repositories in ECR.

images="web predict train flower redis postgres proxy host"
stack=emojify
dry_run=
export AWS_PAGER=""

say() { printf '%s\n' "$*" >&2; }

fail() { # fail WHAT NEXT-STEP
    say "$1"
    say "$2"
    exit 1
}

help() { # print the comment at the head of the script
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    cat <<'END'

Options of all four scripts:
  --stack NAME      the installation's name (default: emojify)
  --region REGION   its AWS region (default: that of your AWS configuration)
  --profile NAME    a profile of ~/.aws/config
  --dry-run         print what would be done; change nothing
  --help
END
    exit 0
}

# Parse one common option; `taken` is its number of words.
# shellcheck disable=SC2034 # the caller reads `taken`
common_option() {
    taken=2
    case $1 in
    -h | --help) help ;;
    --dry-run)
        dry_run=yes
        taken=1
        ;;
    --stack | --region | --profile)
        [ $# -gt 1 ] || fail "$1 needs a value." "See: $0 --help"
        case $1 in
        --stack) stack=$2 ;;
        --region) export AWS_REGION="$2" AWS_DEFAULT_REGION="$2" ;;
        --profile) export AWS_PROFILE="$2" ;;
        esac
        ;;
    *) fail "There is no option $1." "See: $0 --help" ;;
    esac
}

# Run a command that changes something, unless this is a dry run. run NEXT-STEP COMMAND...
run() {
    next=$1
    shift
    if [ -n "$dry_run" ]; then
        say "Would run: $*"
    else
        "$@" || fail "This failed: $*" "$next"
    fi
}

need() { # need PROGRAM WHERE-FROM
    command -v "$1" >/dev/null || fail "This needs $1, which is not installed." "Get it: $2"
}

# Check that AWS answers and accepts the credentials.
know_account() {
    need aws https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
    aws sts get-caller-identity >/dev/null || fail \
        "AWS does not accept your credentials, or does not answer." \
        "Sign in (aws configure sso, aws sso login) or name a profile with --profile, then try again."
    aws configure get region >/dev/null 2>&1 || [ -n "${AWS_REGION:-}${AWS_DEFAULT_REGION:-}" ] || fail \
        "No region is set." "Set one, for example --region eu-central-1."
}

# Find the registry of the images: our ECR, or EMOJIFY_REGISTRY=HOST:PORT. The tests set that to
# a registry that accepts ECR's password.
find_registry() {
    repository=$(aws ecr describe-repositories --repository-names "$stack/web" --output text \
        --query 'repositories[0].repositoryUri' 2>/dev/null) || repository=
    registry=${EMOJIFY_REGISTRY:-${repository%%/*}}
    [ -z "$dry_run" ] || registry=${registry:-REGISTRY}
}

commit() { # print the tag of this folder's commit
    git rev-parse --short=12 HEAD 2>/dev/null || fail \
        "This folder is not a git repository." "Name the release yourself: --tag NAME."
}

variable() { # variable web: print EMOJIFY_WEB_IMAGE
    echo "EMOJIFY_$(echo "$1" | tr '[:lower:]' '[:upper:]')_IMAGE"
}

# Print the release of a tag from ECR; fails if an image is missing.
release_of() {
    echo "EMOJIFY_RELEASE=$1"
    for image in $images; do
        digest=$(aws ecr describe-images --repository-name "$stack/$image" --image-ids "imageTag=$1" \
            --query 'imageDetails[0].imageDigest' --output text 2>/dev/null) || return
        echo "$(variable "$image")=$registry/$stack/$image@$digest"
    done
}

resource() { # resource NAME: print the id of a resource in the host's stack, or nothing
    aws cloudformation list-stack-resources --stack-name "$stack" --output text --query \
        "StackResourceSummaries[?LogicalResourceId=='$1' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId" \
        2>/dev/null || true
}

parameter() { # parameter NAME: print the value of a parameter of the host's stack
    aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue" 2>/dev/null || true
}

url() { # print the site's address
    site=$(parameter Site)
    echo "https://${site:-$(resource Address)}"
}

# state STACK: print its status; nothing if there is no such stack, or only a plan for one. It lists
# all stacks, because a request by name cannot tell a missing stack from another error.
state() {
    aws cloudformation describe-stacks --output text \
        --query "Stacks[?StackName=='$1' && StackStatus!='REVIEW_IN_PROGRESS'].StackStatus" ||
        fail "The stacks could not be listed." "Try again; you need the right to describe CloudFormation's stacks."
}

# Deploy a template and wait; if that fails, say why. deploy TEMPLATE STACK NEXT-STEP OPTION...
deploy() {
    template=$1 deployed=$2 next=$3
    shift 3
    if [ -n "$dry_run" ]; then
        say "Would run: aws cloudformation deploy --template-file $template --stack-name $deployed $*"
        return
    fi
    aws cloudformation deploy --template-file "$template" --stack-name "$deployed" \
        --no-fail-on-empty-changeset "$@" >&2 || {
        aws cloudformation describe-stack-events --stack-name "$deployed" --output text --query \
            "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]" \
            >&2 || true
        fail "The stack $deployed could not be created or changed; the reason is above." "$next"
    }
}

# Run a script from standard input as root on the host, through Systems Manager; print its output,
# and fail if it fails. on_host INSTANCE MINUTES
on_host() {
    parameters=$(mktemp)
    { # as JSON, line by line
        printf '{"commands": ['
        sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&",/'
        printf '""], "executionTimeout": ["%s"]}' "$(($2 * 60))"
    } >"$parameters"
    tries=0
    # Systems Manager knows a new machine only after a minute or two.
    until command_id=$(aws ssm send-command --instance-ids "$1" --document-name AWS-RunShellScript \
        --parameters "file://$parameters" --query Command.CommandId --output text 2>"$parameters.error"); do
        tries=$((tries + 1))
        if [ $tries -ge "${EMOJIFY_TRIES:-40}" ] || ! grep -q InvalidInstanceId "$parameters.error"; then
            cat "$parameters.error" >&2
            rm -f "$parameters" "$parameters.error"
            return 1
        fi
        sleep 10
    done
    rm -f "$parameters" "$parameters.error"
    waited=0
    while :; do
        status=$(aws ssm get-command-invocation --command-id "$command_id" --instance-id "$1" \
            --query Status --output text 2>/dev/null) || status=Pending
        case $status in Pending | InProgress | Delayed) ;; *) break ;; esac
        [ $waited -lt $(($2 * 60)) ] || break
        waited=$((waited + 5))
        sleep 5
    done
    aws ssm get-command-invocation --command-id "$command_id" --instance-id "$1" --output text \
        --query '[StandardOutputContent, StandardErrorContent]' >&2 || true
    [ "$status" = Success ] || {
        say "The script on the host ended as: $status"
        return 1
    }
}
