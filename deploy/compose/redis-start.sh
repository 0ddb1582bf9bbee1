#!/bin/sh
# Start Redis with its password in a file: every process of the host can read a command line.
set -eu
umask 077
cp /etc/emojify/redis.conf /tmp/redis.conf
echo "requirepass $REDIS_PASSWORD" >>/tmp/redis.conf
unset REDIS_PASSWORD
exec redis-server /tmp/redis.conf
