-- ARGV: now, connectionId, topics. Returns the seat and the connections, the caller's own among them (JSON texts), and the topics
-- that are closed.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
finish()
local closed = {}
for index = 3, #ARGV do
  if isClosed(ARGV[index], seat) then closed[#closed + 1] = ARGV[index] end
end
return { call('HGET', SEATS, ARGV[2]), call('HGET', META, 'connections'), closed }
