# Orders, a line each, are answered by a line each. At the end of the input
# whoever has the folder in its environment is killed, too: a program that
# left its process group (only Linux tells, proc_pid_environ(5)).
trap '' INT TERM HUP QUIT PIPE
live= root=$1
while read -r order one; do
  case $order in
    guard) live="$live $one" ;;
    signal) kill -s "${one%:*}" -- "${one#*:}" ;;
    end)
      kill -s KILL -- "-$one"
      others=
      for id in $live; do [ "$id" = "$one" ] || others="$others $id"; done
      live=$others ;;
    remove) chmod -R u+rwx "$root/$one"; rm -rf "$root/$one" ;;
  esac
  echo done
done
for id in $live; do kill -s KILL -- "-$id"; done
for attempt in 1 2 3 4 5 6 7 8 9; do
  ids=$(grep -lsaF -- "$root/" /proc/[0-9]*/environ | tr -dc '0-9\n')
  if [ -n "$ids" ]; then kill -s KILL $ids; fi
  chmod -R u+rwx "$root"; rm -rf "$root"
  if [ -z "$ids" ] && ! [ -e "$root" ]; then break; fi
done
