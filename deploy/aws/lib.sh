# shellcheck shell=sh
# Shared by the scripts beside this file: their options, their messages, and what a release is.
#
# A release is a text, lines of NAME=image@sha256:..., one for each of our repositories in ECR.

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

help() { # the comment at the head of the script
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    cat <<'END'

Options of all four scripts:
  --stack NAME      the installation's name (default: emojify)
  --region REGION   where it is (default: that of your AWS configuration)
  --profile NAME    whose rights to use, of ~/.aws/config
  --dry-run         look, and say what would be done; change nothing
  --help
END
    exit 0
}

# Take one option that all scripts have; `taken` is how many words it was.
# shellcheck disable=SC2034 # which its caller reads
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

# Do something that changes something. run NEXT-STEP COMMAND...
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
    command -v "$1" >/dev/null || fail "This needs $1, which is not here." "Get it: $2"
}

# Make sure that AWS answers, and knows us.
know_account() {
    need aws https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
    aws sts get-caller-identity >/dev/null || fail \
        "AWS does not know you, or does not answer." \
        "Sign in (aws configure sso, aws sso login) or name a profile with --profile, then try again."
    aws configure get region >/dev/null 2>&1 || [ -n "${AWS_REGION:-}${AWS_DEFAULT_REGION:-}" ] || fail \
        "No region is set." "Say where, for example --region eu-central-1."
}

# Where images are pushed to and pulled from: our ECR, or EMOJIFY_REGISTRY=HOST:PORT instead, for a
# registry that stands in for it (the tests' one; it takes ECR's password).
find_registry() {
    repository=$(aws ecr describe-repositories --repository-names "$stack/web" --output text \
        --query 'repositories[0].repositoryUri' 2>/dev/null) || repository=
    registry=${EMOJIFY_REGISTRY:-${repository%%/*}}
    [ -z "$dry_run" ] || registry=${registry:-REGISTRY}
}

commit() { # the tag of this folder's commit
    git rev-parse --short=12 HEAD 2>/dev/null || fail \
        "This folder is no git repository." "Name the release yourself: --tag NAME."
}

variable() { # variable web: EMOJIFY_WEB_IMAGE
    echo "EMOJIFY_$(echo "$1" | tr '[:lower:]' '[:upper:]')_IMAGE"
}

# Print the release of a tag, from what ECR has; fails if an image is missing.
release_of() {
    echo "EMOJIFY_RELEASE=$1"
    for image in $images; do
        digest=$(aws ecr describe-images --repository-name "$stack/$image" --image-ids "imageTag=$1" \
            --query 'imageDetails[0].imageDigest' --output text 2>/dev/null) || return
        echo "$(variable "$image")=$registry/$stack/$image@$digest"
    done
}

resource() { # resource NAME: the id of a resource in the host's stack, nothing if it has none now
    aws cloudformation list-stack-resources --stack-name "$stack" --output text --query \
        "StackResourceSummaries[?LogicalResourceId=='$1' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId" \
        2>/dev/null || true
}

parameter() { # parameter NAME: what a parameter of the host's stack is set to
    aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue" 2>/dev/null || true
}

url() { # where people go
    site=$(parameter Site)
    echo "https://${site:-$(resource Address)}"
}

# state STACK: its status, nothing if there is no such stack, or only a plan for one. Asked of all
# stacks, since asked by name a stack that is not there would be an error like any other.
state() {
    aws cloudformation describe-stacks --output text \
        --query "Stacks[?StackName=='$1' && StackStatus!='REVIEW_IN_PROGRESS'].StackStatus" ||
        fail "The stacks could not be looked at." "Try again; you need the right to describe CloudFormation's stacks."
}

# Deploy a template and wait; tell why if that fails. deploy TEMPLATE STACK NEXT-STEP OPTION...
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
        fail "The stack $deployed could not be made or changed; above is why." "$next"
    }
}

# Run a script, from standard input, as root on the host, through Systems Manager; print what it
# says, and fail if it does. on_host INSTANCE MINUTES
on_host() {
    parameters=$(mktemp)
    { # as JSON, line by line
        printf '{"commands": ['
        sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&",/'
        printf '""], "executionTimeout": ["%s"]}' "$(($2 * 60))"
    } >"$parameters"
    tries=0
    # A machine that has just started is not known to Systems Manager for a minute or two.
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
        say "On the host this ended as: $status"
        return 1
    }
}
