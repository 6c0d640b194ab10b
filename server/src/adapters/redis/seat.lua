-- ARGV: now, connectionId. Returns userId and role of who has the seat, epoch, seq,
-- and the seq of the last change of a chat message.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('read', seat.userId)
finish()
if late then return late end
return { seat.userId, seat.role, epoch, seq, tonumber(call('HGET', META, 'changed') or 0) }
