# Reads "group PGID", "gone PGID" and "directory PATH", one per line, until the pipe is closed, which the kernel does
# however the harness ends. Then ends the process groups that are left and deletes the directories.
trap '' INT TERM HUP
groups=''
directories=''
while read -r word value; do
    case $word in
        group) groups="$groups $value" ;;
        gone)
            rest=''
            for group in $groups; do
                [ "$group" = "$value" ] || rest="$rest $group"
            done
            groups=$rest
            ;;
        directory) directories="$directories$value
" ;;
    esac
done
for group in $groups; do
    kill -s KILL -- "-$group" 2>/dev/null
done
printf '%s' "$directories" | while read -r directory; do
    rm -rf -- "$directory"
done
