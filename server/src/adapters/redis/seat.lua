-- ARGV: now, connectionId. Returns epoch and seq if the connection has its seat.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('read', seat.userId)
finish()
if late then return late end
return { epoch, seq }
