-- ARGV: now, connectionId. Returns the seat (JSON text) and the connections, the caller's own among them.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
finish()
return { call('HGET', SEATS, ARGV[2]), call('HKEYS', SEATS) }
