#!/bin/sh
# Start Redis with its password from a file: a command line can be read by every process of the host.
set -eu
umask 077
cp /etc/emojify/redis.conf /tmp/redis.conf
echo "requirepass $REDIS_PASSWORD" >>/tmp/redis.conf
unset REDIS_PASSWORD
exec redis-server /tmp/redis.conf
