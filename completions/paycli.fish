# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_paycli_global_optspecs
    string join \n p/profile= live y/yes output= json color= q/quiet v/verbose api-base= timeout= api-key= api-key-file= h/help V/version
end

function __fish_paycli_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_paycli_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_paycli_using_subcommand
    set -l cmd (__fish_paycli_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c paycli -n "__fish_paycli_needs_command" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_needs_command" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_needs_command" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_needs_command" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_needs_command" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_needs_command" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_needs_command" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_needs_command" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_needs_command" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_needs_command" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_needs_command" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_needs_command" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "request" -d 'Send any request to the API'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "get" -d 'Read an object or a list: `request GET`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "post" -d 'Create or change an object: `request POST`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "delete" -d 'Remove an object: `request DELETE`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "batch" -d 'Send the requests of a file, each exactly once'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "api" -d 'Show the API\'s resources, operations and parameters, offline'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "journal" -d 'See what was sent under which key, and go on with what is unfinished'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "profile" -d 'Profiles: one mode, one account, one API each'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "config" -d 'The configuration file'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "keys" -d 'Keys: store, list, rotate and revoke them'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "exec" -d 'Run a command with the profile\'s API key in its environment'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "login" -d 'Store the API key of the profile: `keys add`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "logout" -d 'Forget the API key of the profile on this machine'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "whoami" -d 'Tell which profile, mode, account and key a command would use'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "doctor" -d 'Check whether this machine can run paycli, and how to mend what is wrong'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "sandbox" -d 'The embedded sandbox: a local API to try everything on'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "webhook" -d 'Webhook signatures: make them, verify them, find out why they fail'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "trigger" -d 'Make a webhook event and deliver it: `webhook trigger`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "listen" -d 'Receive webhook deliveries on this machine: `webhook listen`'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "generate" -d 'Write the completion scripts and the man pages'
complete -c paycli -n "__fish_paycli_needs_command" -f -a "help" -d 'Explain a command or a topic'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s d -l data -d 'A parameter, in order: a[b]=c, a[]=x; K@FILE reads the value, K@- from standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l body -d 'A JSON body for /v2 paths: the text, @FILE or - for standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s i -l idempotency-key -d 'The idempotency key to send' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l operation -d 'A named operation: every run of the same name sends the same key' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s e -l expand -d 'Expand a field of the answer' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s l -l limit -d 'How many objects a page of a list has' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s a -l starting-after -d 'List what comes after this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s b -l ending-before -d 'List what comes before this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l stripe-account -d 'Act for a connected account' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l stripe-context -d 'The Stripe-Context to act in' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l stripe-version -d 'The version of the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s H -l header -d 'Another header' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l max-retries -d 'How often to try again, with the same key and the same bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l retry-budget -d 'How long to go on trying' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l not-after -d 'Send nothing from this time on, whatever the method: a time, or a duration from now' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand request" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand request" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand request" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand request" -l new-key -d 'Never go on with an unfinished run of the same request: a new key'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l all -d 'Follow all pages of a list and print its objects, one a line'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s s -l show-headers -d 'Show the headers of the answer on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l dry-run -d 'Print the request and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l fail-on-replay -d 'Exit 14 when the answer repeats an earlier result, that of a lost attempt of this run included'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l strict -d 'Refuse a parameter or a path that the API\'s map does not have; without it, it is pointed out'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand request" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand request" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s d -l data -d 'A parameter, in order: a[b]=c, a[]=x; K@FILE reads the value, K@- from standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l body -d 'A JSON body for /v2 paths: the text, @FILE or - for standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s i -l idempotency-key -d 'The idempotency key to send' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l operation -d 'A named operation: every run of the same name sends the same key' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s e -l expand -d 'Expand a field of the answer' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s l -l limit -d 'How many objects a page of a list has' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s a -l starting-after -d 'List what comes after this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s b -l ending-before -d 'List what comes before this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l stripe-account -d 'Act for a connected account' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l stripe-context -d 'The Stripe-Context to act in' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l stripe-version -d 'The version of the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s H -l header -d 'Another header' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l max-retries -d 'How often to try again, with the same key and the same bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l retry-budget -d 'How long to go on trying' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l not-after -d 'Send nothing from this time on, whatever the method: a time, or a duration from now' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand get" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand get" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand get" -l new-key -d 'Never go on with an unfinished run of the same request: a new key'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l all -d 'Follow all pages of a list and print its objects, one a line'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s s -l show-headers -d 'Show the headers of the answer on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l dry-run -d 'Print the request and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l fail-on-replay -d 'Exit 14 when the answer repeats an earlier result, that of a lost attempt of this run included'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l strict -d 'Refuse a parameter or a path that the API\'s map does not have; without it, it is pointed out'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand get" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand get" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s d -l data -d 'A parameter, in order: a[b]=c, a[]=x; K@FILE reads the value, K@- from standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l body -d 'A JSON body for /v2 paths: the text, @FILE or - for standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s i -l idempotency-key -d 'The idempotency key to send' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l operation -d 'A named operation: every run of the same name sends the same key' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s e -l expand -d 'Expand a field of the answer' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s l -l limit -d 'How many objects a page of a list has' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s a -l starting-after -d 'List what comes after this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s b -l ending-before -d 'List what comes before this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l stripe-account -d 'Act for a connected account' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l stripe-context -d 'The Stripe-Context to act in' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l stripe-version -d 'The version of the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s H -l header -d 'Another header' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l max-retries -d 'How often to try again, with the same key and the same bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l retry-budget -d 'How long to go on trying' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l not-after -d 'Send nothing from this time on, whatever the method: a time, or a duration from now' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand post" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand post" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand post" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand post" -l new-key -d 'Never go on with an unfinished run of the same request: a new key'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l all -d 'Follow all pages of a list and print its objects, one a line'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s s -l show-headers -d 'Show the headers of the answer on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l dry-run -d 'Print the request and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l fail-on-replay -d 'Exit 14 when the answer repeats an earlier result, that of a lost attempt of this run included'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l strict -d 'Refuse a parameter or a path that the API\'s map does not have; without it, it is pointed out'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand post" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand post" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s d -l data -d 'A parameter, in order: a[b]=c, a[]=x; K@FILE reads the value, K@- from standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l body -d 'A JSON body for /v2 paths: the text, @FILE or - for standard input' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s i -l idempotency-key -d 'The idempotency key to send' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l operation -d 'A named operation: every run of the same name sends the same key' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s e -l expand -d 'Expand a field of the answer' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s l -l limit -d 'How many objects a page of a list has' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s a -l starting-after -d 'List what comes after this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s b -l ending-before -d 'List what comes before this object' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l stripe-account -d 'Act for a connected account' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l stripe-context -d 'The Stripe-Context to act in' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l stripe-version -d 'The version of the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s H -l header -d 'Another header' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l max-retries -d 'How often to try again, with the same key and the same bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l retry-budget -d 'How long to go on trying' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l not-after -d 'Send nothing from this time on, whatever the method: a time, or a duration from now' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l new-key -d 'Never go on with an unfinished run of the same request: a new key'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l all -d 'Follow all pages of a list and print its objects, one a line'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s s -l show-headers -d 'Show the headers of the answer on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l dry-run -d 'Print the request and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l fail-on-replay -d 'Exit 14 when the answer repeats an earlier result, that of a lost attempt of this run included'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l strict -d 'Refuse a parameter or a path that the API\'s map does not have; without it, it is pointed out'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand delete" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l concurrency -d 'Requests in flight at most' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l rate -d 'Requests a second [default: 25 in test mode, 100 in live mode, no limit on loopback]' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l name -d 'The name of the batch [default: the name of the file, or stdin]' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l max-retries -d 'Retries of a line, with the same key and the same bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l retry-budget -d 'How long to retry a line' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l stripe-account -d 'Act for a connected account' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l stripe-context -d 'Send this Stripe-Context header' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l stripe-version -d 'The version of the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l check -d 'Check every line and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l unordered -d 'Print results as they come'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand batch" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand api" -l depth -d 'How many levels of nested parameters to show [default: 2; with --json all]' -r
complete -c paycli -n "__fish_paycli_using_subcommand api" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand api" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand api" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand api" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand api" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand api" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand api" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand api" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand api" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand api" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand api" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand api" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand api" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "list" -d 'List entries, the newest first'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "show" -d 'Show one entry and its attempts'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "resume" -d 'Go on with what is unfinished, under its own key'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "reconcile" -d 'Look an unknown outcome up among the API\'s events, and adopt it; nothing is sent again'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "resolve" -d 'Settle an outcome that nobody but a person can know'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "export" -d 'Write the journal of the profile\'s mode and account to standard output, one entry a line'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "import" -d 'Merge an exported journal into this one; taking it twice changes nothing'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "prune" -d 'Remove old finished entries; unfinished ones stay. What is removed can be sent again'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and not __fish_seen_subcommand_from list show resume reconcile resolve export import prune copy" -f -a "copy" -d 'Carry the journal of this machine into the database that machines share; again changes nothing'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l state -d 'Only entries in this state' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l since -d 'Only entries that are not older' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l limit -d 'At most so many entries' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l all -d 'Everything that is unfinished, the oldest first'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resume" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from reconcile" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l as -d 'What was found out' -r -f -a "succeeded\t'It was executed and it worked'
failed\t'It was not executed, or it failed'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l why -d 'How it was found out; kept with the entry' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from resolve" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l before -d 'Remove finished entries that were last touched longer ago than this' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from prune" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l to -d 'The database, without a password: postgres://USER@HOST/DATABASE?sslmode=verify-full' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand journal; and __fish_seen_subcommand_from copy" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -f -a "list" -d 'List the profiles'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -f -a "show" -d 'Show the profile in use, or another one'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -f -a "create" -d 'Make a profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -f -a "use" -d 'Make a profile the default'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and not __fish_seen_subcommand_from list show create use remove" -f -a "remove" -d 'Remove a profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l mode -d 'Its mode, for good' -r -f -a "test\t'Nothing moves'
live\t'Money moves'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l api-version -d 'The version of the API that it sends' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l account -d 'The account of its keys' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from use" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand profile; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -f -a "list" -d 'List the settings that the file makes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -f -a "get" -d 'Print a setting'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -f -a "set" -d 'Change a setting: `config set live deny` locks live mode, `config set journal.bodies none` keeps no bodies of answers'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -f -a "unset" -d 'Remove a setting, so that the default holds'
complete -c paycli -n "__fish_paycli_using_subcommand config; and not __fish_seen_subcommand_from list get set unset path" -f -a "path" -d 'Print where the file is'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from unset" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "add" -d 'Store a key, after asking the API whether it takes it'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "list" -d 'List the stored keys of a profile, and which key is in use'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "status" -d 'Tell how old the keys are, and what is unfinished'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "show" -d 'Show a stored key'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "rotate" -d 'Replace a key by a new one; the old one stays usable for a while'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "rollback" -d 'Go back to the previous key, while it still works'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "revoke" -d 'Revoke the previous key, or every version of a key'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "remove" -d 'Forget a key here. The API is not told'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "move" -d 'Move the keys of a profile into another store'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "rekey" -d 'Change the passphrase of the key file'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "doctor" -d 'Find keys that are stored but not listed, listed but not stored, or left behind'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "scan" -d 'Look for leaked keys in files, staged changes, the git history or standard input'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and not __fish_seen_subcommand_from add list status show rotate rollback revoke remove move rekey doctor scan audit" -f -a "audit" -d 'Check how keys are kept and used: privileges, ages, leaks, idempotency'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l from -d 'Take the key from env:NAME, file:PATH or - (standard input); asked for at a terminal' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l kind -d 'What the key is for' -r -f -a "api\t'A secret or restricted key'
publishable\t'A publishable key'
webhook\t'A webhook signing secret'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l name -d 'The name that it is stored under [default: its kind]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l keystore -d 'Where it is kept [default: the keyring; with --replace, where the old key is] [env: PAYCLI_KEYSTORE]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'A file, encrypted with a passphrase'
env\t'Nowhere: keys come from the environment alone'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l replace -d 'Replace another key at once, without an overlap'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l offline -d 'Do not ask the API whether it takes the key'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from add" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l all-profiles -d 'List the keys of every profile of both modes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l max-age -d 'The age above which a key is too old, like 90d [default: the profile\'s max_age]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l check -d 'Exit 40 when a key is too old or is not in its store, an overlap is over, or a rotation is unfinished'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l accept-clock -d 'This machine\'s clock is right now: count ages and overlaps from it, after one that was wrong'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l reveal -d 'Print the secret itself to standard output'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l kind -d 'What the key is for' -r -f -a "api\t'A secret or restricted key'
publishable\t'A publishable key'
webhook\t'A webhook signing secret'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l name -d 'The name that it is stored under [default: its kind]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l from -d 'Take the new key from env:NAME, file:PATH or - (standard input); asked for at a terminal' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l key-id -d 'The id of the key in use in the API (mk_…), where the API does not tell it' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l overlap -d 'How long the old key stays usable: 7d at most, 24h for signing secrets' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l exec -d 'Run a command after the change, with the new secret on its standard input; repeatable' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l keystore -d 'Where the new key is kept [default: where the old one is]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'A file, encrypted with a passphrase'
env\t'Nowhere: keys come from the environment alone'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l wait -d 'How long a new key may be unknown to the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l remote -d 'Let the API make the new key, where it offers that (/v2/iam/api_keys)'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l compromised -d 'The old key leaked: take over whatever is under way, with no overlap'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l offline -d 'Do not ask the API whether it takes the new key'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l resume -d 'Continue an unfinished rotation; --exec replaces the hooks that are not done'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l skip-hooks -d 'With --resume: run no more hooks'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l abort -d 'Undo a rotation whose new key is not in use yet'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l kind -d 'What the key is for' -r -f -a "api\t'A secret or restricted key'
publishable\t'A publishable key'
webhook\t'A webhook signing secret'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l name -d 'The name that it is stored under [default: its kind]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rollback" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l kind -d 'What the key is for' -r -f -a "api\t'A secret or restricted key'
publishable\t'A publishable key'
webhook\t'A webhook signing secret'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l name -d 'The name that it is stored under [default: its kind]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l key-id -d 'The id of the key in the API (mk_…), where the API does not tell it' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l wait -d 'How long to wait until the API refuses a revoked key' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l previous -d 'Revoke the previous key, and every earlier one that may still work [default without a NAME]'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l remote -d 'Expire it at the API, where the API offers that (/v2/iam/api_keys)'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l keystore -d 'The store that they are moved into' -r -f -a "keyring\t'The keyring of the operating system'
file\t'A file, encrypted with a passphrase'
env\t'Nowhere: keys come from the environment alone'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from move" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l from -d 'Take the new passphrase from env:NAME, file:PATH or - (standard input) [env: PAYCLI_KEYSTORE_NEW_PASSPHRASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from rekey" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l mend -d 'Mend what can be mended; whatever would be lost is asked about first'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from doctor" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l format -d 'Output format' -r -f -a "human\t'Words'
json\t'One JSON object'
sarif\t'SARIF 2.1.0, for code hosts'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l baseline -d 'Pass over the keys that this file knows' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l write-baseline -d 'Write a baseline of the keys that are found, and exit 0' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l staged -d 'Scan what is staged for the next commit'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l history -d 'Scan every version of every file in the git history, and name the commit that brought a key in'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l no-ignore -d 'Read files too that .gitignore and .ignore leave out (those that git keeps are read anyway)'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l verify -d 'Ask the API which of the keys still work: test keys, and live keys with --live'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l install-hook -d 'Install a git hook that scans every commit, and scan nothing now'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from scan" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l log -d 'Look for writes without an idempotency key in a log of requests: NDJSON, curl -v, or a server\'s' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l format -d 'Output format' -r -f -a "human\t'Words'
json\t'One JSON object'
sarif\t'SARIF 2.1.0, for code hosts'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l online -d 'Ask the API too: the webhook endpoints of the profile\'s account'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand keys; and __fish_seen_subcommand_from audit" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand exec" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand login" -l from -d 'Take the key from env:NAME, file:PATH or - (standard input); asked for at a terminal' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l kind -d 'What the key is for' -r -f -a "api\t'A secret or restricted key'
publishable\t'A publishable key'
webhook\t'A webhook signing secret'"
complete -c paycli -n "__fish_paycli_using_subcommand login" -l name -d 'The name that it is stored under [default: its kind]' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l keystore -d 'Where it is kept [default: the keyring; with --replace, where the old key is] [env: PAYCLI_KEYSTORE]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'A file, encrypted with a passphrase'
env\t'Nowhere: keys come from the environment alone'"
complete -c paycli -n "__fish_paycli_using_subcommand login" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand login" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand login" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand login" -l replace -d 'Replace another key at once, without an overlap'
complete -c paycli -n "__fish_paycli_using_subcommand login" -l offline -d 'Do not ask the API whether it takes the key'
complete -c paycli -n "__fish_paycli_using_subcommand login" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand login" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand login" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand login" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand login" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand login" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand logout" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l offline -d 'Send nothing: leave out the API, TLS and the clock'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "serve" -d 'Serve the sandbox on a port of this machine, until Ctrl-C'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "status" -d 'Tell what the sandbox holds, what time it is there, and what is to go wrong'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "reset" -d 'Forget everything: objects, idempotency keys, events, deliveries, keys that were made, the clock'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "keys" -d 'Print the sandbox\'s keys, which are not secrets, or make another'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "advance" -d 'Move the sandbox\'s clock forward: keys expire, deliveries become due'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "fault" -d 'Faults: what is to go wrong, with which requests and how often'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "deliveries" -d 'List the newest deliveries of events, each with its last attempt'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "resend" -d 'Deliver an event again'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset keys advance fault deliveries resend roll" -f -a "roll" -d 'Give a webhook endpoint a new signing secret; the old one goes on signing beside it for a while'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l port -d 'The port to listen on; 0 takes a free one' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l host -d 'The address to listen on; other machines reach it only with --allow-remote' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l data -d 'Where its state is kept: a file, or :memory: [default: the file of --profile sandbox]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l webhook-url -d 'Deliver every event here too, signed with the webhook secret that `sandbox keys` prints' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l after-retries -d 'What becomes of a subscription whose invoice cannot be collected [default: what the data says, else cancel]' -r -f -a "cancel\t''
unpaid\t''
past-due\t''"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l clock -d 'The time that its clock begins at: Unix seconds or RFC 3339 [default: where the data\'s clock was]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l fault -d 'What is to go wrong, as in `sandbox fault add`; repeatable' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l seed -d 'Make the keys, and the dice of faults, from a number: the same ones every time' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l allow-remote -d 'Listen where other machines can reach it: they can use the API with its keys, which are not secrets'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l seed -d 'The keys of a server that was started with the same number' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l create -d 'Make another key and print it' -r -f -a "secret\t'May do everything'
restricted\t'May do what --allow says'
publishable\t'For front ends'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l allow -d 'What a new restricted key may do: OBJECT=read or OBJECT=write, as in customer=write; * is all' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l expires-in -d 'When a new key expires, on the sandbox\'s clock' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l name -d 'What to call a new key' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l port -d 'The server to make it on, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from keys" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -f -a "add" -d 'Let something go wrong'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -f -a "list" -d 'List what is to go wrong, and how often it did'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from fault" -f -a "clear" -d 'Let nothing go wrong any more'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s l -l limit -d 'How many at most' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from deliveries" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l endpoint -d 'Only to this endpoint: we_…, ed_…, or forward for --webhook-url' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from resend" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l overlap -d 'How long the old secret goes on signing; a day at most' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l port -d 'The server\'s port, where several are running' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand sandbox; and __fish_seen_subcommand_from roll" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "sign" -d 'Sign a payload and print the header\'s value'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "trigger" -d 'Make an event from a template, sign it and deliver it'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "events" -d 'Events that were sent or received: list, show, export, import and prune them'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "verify" -d 'Verify a delivery, offline, as the official libraries do'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "listen" -d 'Receive deliveries on this machine: verify, store and forward them'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "replay" -d 'Deliver stored events, or those of a file, again'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and not __fish_seen_subcommand_from sign trigger events verify listen replay test" -f -a "test" -d 'Test an endpoint with good and bad deliveries, and name its mistakes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l secret -d 'Sign with this secret: env:NAME, file:PATH or -; several give several signatures [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l timestamp -d 'The time to sign at, Unix seconds or RFC 3339 [default: now]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l scheme -d 'How to sign' -r -f -a "stripe\t'The Stripe-Signature header'
standard\t'The three headers of Standard Webhooks'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l id -d 'The message\'s id, for Standard Webhooks [default: a new one]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from sign" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l to -d 'Deliver here: 3000, localhost:3000/webhook or a URL [default: the running webhook listen of this home]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l override -d 'Give a field another value of the same type; a path is one of the event or of its object; null fits everywhere' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l add -d 'Add a field that is not there' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l remove -d 'Remove a field' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l secret -d 'Sign with this secret: env:NAME, file:PATH or -; several give several signatures [default: the one of this home] [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l print -d 'Print the event\'s bytes; without --to nothing is sent'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l list -d 'List the types that can be triggered'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from trigger" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -f -a "list" -d 'List stored events, the newest first'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -f -a "show" -d 'Show one event, its delivery attempts and its body'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -f -a "export" -d 'Write events as lines of JSON, byte for byte'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -f -a "import" -d 'Store the events of a file: an export, Stripe\'s list of events, or single events'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from events" -f -a "prune" -d 'Remove old events and their attempts'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l header -d 'The Stripe-Signature value, file:PATH, - (standard input), or NAME: VALUE for each header' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l secret -d 'Verify with this secret: env:NAME, file:PATH or -; several are tried in turn [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l tolerance -d 'How old a signature may be; 0 switches the check off' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l at -d 'The time to verify at, Unix seconds or RFC 3339 [default: now]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l scheme -d 'How the delivery is signed [default: as its headers tell]' -r -f -a "stripe\t'The Stripe-Signature header'
standard\t'The three headers of Standard Webhooks'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l batch -d 'Verify the deliveries of a file, or - for standard input: a JSON object a line, in and out' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l threads -d 'How many threads --batch uses [default: one a core]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l http -d 'The payload is a whole HTTP request as it was captured, headers and body'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l explain -d 'Search for the cause of a failure and print it with its fix'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l port -d 'The port on this machine to listen on; 0 takes a free one' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l forward-to -d 'Forward events here: 3000, localhost:3000/webhook or a URL, with =PATTERNS for some types only; repeatable' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l events -d 'Only events of these types: charge.succeeded, invoice.*; others are stored and not shown' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l secret -d 'Verify with this secret, and sign with it what is sent again: env:NAME, file:PATH or - [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l count -d 'Stop after so many events' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l for -d 'Stop after this time' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l retries -d 'How often a delivery to a target that failed is tried again' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l max-body -d 'The largest body that is accepted, in bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l since -d 'Where the first run begins: Unix seconds, RFC 3339, or an age like 2h [default: now]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l interval -d 'The pause between two looks at the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l no-verify -d 'Accept deliveries without verifying them'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l once -d 'Stop after one event'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l print-secret -d 'Print the signing secret that is used, and stop'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l from-api -d 'Read the events of the account from the API instead, and go on where the last run ended'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from listen" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l from -d 'Read events from a file, or - for standard input: an export, the API\'s list, or an event a line [default: the event store]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l type -d 'Only events of these types: charge.succeeded, invoice.*; several separated by commas' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l since -d 'Only events created at or after this time: Unix seconds, RFC 3339, or an age like 2h' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l until -d 'Only events created before this time: Unix seconds, RFC 3339, or an age like 10m' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l object -d 'Only events about the object with this id' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l to -d 'Where to deliver: 3000, localhost:3000/webhook or a URL' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l concurrency -d 'How many deliveries are under way at once' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l rate -d 'How many deliveries begin in a second at most: 50 or 50/s [default: no limit]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l retries -d 'How often a delivery that failed is tried again' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l secret -d 'Sign with this secret: env:NAME, file:PATH or -; several give several signatures [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l resign -d 'Sign anew with the present time; the default'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l original-signature -d 'Send the signatures that the events came with: endpoints refuse them as too old'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l unordered -d 'Let the events of one object overtake each other'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l restart -d 'Forget how far the same replay had come, and begin anew'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l dry-run -d 'Print what would be delivered, and send nothing; what was accepted before is left out'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l keep-going -d 'Pass over lines of the file that are not events'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from replay" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l secret -d 'The signing secret that the endpoint uses: env:NAME, file:PATH or - [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l only -d 'Run these checks only, or a group of them: accept, refuse' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l report -d 'Print the report in this form' -r -f -a "json\t'One JSON object'
junit\t'JUnit XML, for CI systems'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l probe-cmd -d 'A command that prints how often events were acted on: it is run before and after a duplicate, without a shell' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l seed -d 'Make the ids of the events from a number: the same ones every time [default: random]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l list -d 'List the checks and send nothing'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l allow-remote -d 'Test an endpoint on another machine'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand webhook; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l to -d 'Deliver here: 3000, localhost:3000/webhook or a URL [default: the running webhook listen of this home]' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l override -d 'Give a field another value of the same type; a path is one of the event or of its object; null fits everywhere' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l add -d 'Add a field that is not there' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l remove -d 'Remove a field' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l secret -d 'Sign with this secret: env:NAME, file:PATH or -; several give several signatures [default: the one of this home] [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l print -d 'Print the event\'s bytes; without --to nothing is sent'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l list -d 'List the types that can be triggered'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand trigger" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l port -d 'The port on this machine to listen on; 0 takes a free one' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l forward-to -d 'Forward events here: 3000, localhost:3000/webhook or a URL, with =PATTERNS for some types only; repeatable' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l events -d 'Only events of these types: charge.succeeded, invoice.*; others are stored and not shown' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l secret -d 'Verify with this secret, and sign with it what is sent again: env:NAME, file:PATH or - [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l count -d 'Stop after so many events' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l for -d 'Stop after this time' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l retries -d 'How often a delivery to a target that failed is tried again' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l max-body -d 'The largest body that is accepted, in bytes' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l since -d 'Where the first run begins: Unix seconds, RFC 3339, or an age like 2h [default: now]' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l interval -d 'The pause between two looks at the API' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l no-verify -d 'Accept deliveries without verifying them'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l once -d 'Stop after one event'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l print-secret -d 'Print the signing secret that is used, and stop'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l from-api -d 'Read the events of the account from the API instead, and go on where the last run ended'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand listen" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand completions" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand generate" -s V -l version -d 'Print version'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s p -l profile -d 'The profile to use [env: PAYCLI_PROFILE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand help" -l output -d 'The form of standard output' -r -f -a "human\t'For people'
json\t'One documented JSON object, or one a line'"
complete -c paycli -n "__fish_paycli_using_subcommand help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c paycli -n "__fish_paycli_using_subcommand help" -l api-base -d 'The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]' -r
complete -c paycli -n "__fish_paycli_using_subcommand help" -l timeout -d 'How long one attempt may take' -r
complete -c paycli -n "__fish_paycli_using_subcommand help" -l api-key -d 'Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]' -r
complete -c paycli -n "__fish_paycli_using_subcommand help" -l api-key-file -d 'Take the API key from a file' -r -F
complete -c paycli -n "__fish_paycli_using_subcommand help" -l live -d 'Act in live mode; only with a live profile'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s y -s c -l yes -l confirm -d 'Answer every confirmation with yes'
complete -c paycli -n "__fish_paycli_using_subcommand help" -l json -d 'The same as --output json'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s q -l quiet -d 'Say nothing but errors on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s v -l verbose -d 'Trace requests and retries on standard error'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paycli -n "__fish_paycli_using_subcommand help" -s V -l version -d 'Print version'
