#!/bin/sh
# Start Redis without rights: its volume may have been made by root, so that is handed over first.
# The password goes through a file: a command line can be read by every process of the host.
set -eu
umask 077
cp /etc/emojify/redis.conf /tmp/redis.conf
echo "requirepass $REDIS_PASSWORD" >>/tmp/redis.conf
chown -R 10001:10001 /data /tmp/redis.conf
unset REDIS_PASSWORD
exec setpriv --reuid=10001 --regid=10001 --clear-groups --inh-caps=-all --bounding-set=-all \
    redis-server /tmp/redis.conf
