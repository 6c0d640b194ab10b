-- ARGV: now, connectionId, the bytes of what is signalled, topics. Returns the seat and the connections, the caller's own among them (JSON texts), and the topics
-- that are closed.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('signal', seat.userId, 1 + math.floor(ARGV[3] / limits.tokenBytes))
finish()
if late then return late end
local closed = {}
for index = 4, #ARGV do
  if isClosed(ARGV[index], seat) then closed[#closed + 1] = ARGV[index] end
end
return { call('HGET', SEATS, ARGV[2]), call('HGET', META, 'connections'), closed }
