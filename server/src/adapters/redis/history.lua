-- ARGV: now, connectionId, the seq below which to read or an empty text, how many. Returns userId and role of who asks, and
-- messages, newest first.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('read', seat.userId)
finish()
if late then return late end
return { seat.userId, seat.role, messagesBelow(ARGV[3], ARGV[4]) }
