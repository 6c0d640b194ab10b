-- KEYS: a connection's hash: userId, classroomIds (JSON text of those its token names), and `joined:<classroomId>` of each
-- seat taken. ARGV: how long to keep it in ms, then fields and values.
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
