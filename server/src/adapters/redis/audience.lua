-- ARGV: now, connectionId. Returns the seat and the connections, the caller's own among them (JSON texts).
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
finish()
return { call('HGET', SEATS, ARGV[2]), call('HGET', META, 'connections') }
