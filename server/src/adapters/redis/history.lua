-- ARGV: now, connectionId, the seq below which to read or an empty text, how many. Returns events, newest first.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('read', seat.userId)
finish()
if late then return late end
local from = ARGV[3] == '' and '+' or '(' .. ARGV[3] .. '-0'
return eventsOf(call('XREVRANGE', CHAT, from, '-', 'COUNT', ARGV[4]))
