-- KEYS: a sorted set of the classrooms that somebody may be in, by when they are to be swept. ARGV: classroomId, now,
-- when it is due in ms (empty: never), how long to keep a classroom in ms.
local due = tonumber(ARGV[3])
if due then
  redis.call('ZADD', KEYS[1], due, ARGV[1])
elseif tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) <= tonumber(ARGV[2]) then
  -- Someone who joined meanwhile has put it off; then it stays.
  redis.call('ZREM', KEYS[1], ARGV[1])
end
-- Without a sweeper nobody else would take away what is long gone.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(ARGV[2]) - tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
