-- ARGV: now, connectionId. Returns epoch and seq if the connection has its seat.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
finish()
return { epoch, seq }
