-- KEYS: a connection's hash of bad frames: since (the first of them, in ms since 1970), count. ARGV: now, how long a first one
-- is remembered in ms. Returns the count.
local since = redis.call('HGET', KEYS[1], 'since')
if not since or tonumber(ARGV[1]) - tonumber(since) >= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'since', ARGV[1], 'count', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('HINCRBY', KEYS[1], 'count', 1)
