-- ARGV: now, connectionId, the bytes of what is signalled, whether teachers are asked for (`1`), topics. Returns the seat and the
-- connections, the caller's own among them (JSON texts), the topics that are closed, and teachers' connections if asked for.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local late = spend('signal', seat.userId, 1 + math.floor(ARGV[3] / limits.tokenBytes))
finish()
if late then return late end
local closed = {}
for index = 5, #ARGV do
  if isClosed(ARGV[index], seat) then closed[#closed + 1] = ARGV[index] end
end
local teachers, seats = {}, ARGV[4] == '1' and call('HGETALL', SEATS) or {}
for index = 1, #seats, 2 do
  if cjson.decode(seats[index + 1]).role == 'teacher' then teachers[#teachers + 1] = seats[index] end
end
return { call('HGET', SEATS, ARGV[2]), call('HGET', META, 'connections'), closed, teachers }
