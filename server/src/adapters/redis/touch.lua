-- ARGV: now, connectionId, the round trip of its newest ping in ms or an empty text, from how long on one is slow, from how
-- long on silence is told of, and of how many members at most.
-- Returns epoch, seq, 1 if the connection has its seat, the links of others that are not good (userId, silentMs and, if
-- slow, rttMs each), written, recipients (JSON text).
-- Whoever has no seat moves nothing, and keeps nothing here for longer.
local seat = seatOf(ARGV[2])
if not seat then return { '', 0, 0, {}, {}, '[]' } end
local rttMs, slowFromMs, silentFromMs, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if rttMs and rttMs >= slowFromMs then
  call('ZADD', SLOW, rttMs, seat.userId)
elseif rttMs then
  call('ZREM', SLOW, seat.userId)
end
sweep()
finish()

local links, isTold = {}, {}
local function tellLink(userId)
  local member = #links < most and userId ~= seat.userId and not isTold[userId] and loadMember(userId)
  if not member then return end
  local leaseEnd = 0
  for _, connectionId in pairs(member.connections) do
    leaseEnd = math.max(leaseEnd, tonumber(call('ZSCORE', LEASES, 'c:' .. connectionId) or 0))
  end
  local silentMs = math.max(0, now - (leaseEnd - limits.leaseMs))
  local slowMs = call('ZSCORE', SLOW, userId)
  -- Who dropped has no connection, and everyone was told.
  if leaseEnd == 0 or not slowMs and silentMs < silentFromMs then return end
  isTold[userId] = true
  links[#links + 1] = slowMs and { userId, silentMs, tonumber(slowMs) } or { userId, silentMs }
end
-- Both lists are in order and cut short: a class of two hundred costs no more than the few whose links are bad.
local silentEnd = now + limits.leaseMs - silentFromMs
for _, lease in ipairs(call('ZRANGEBYSCORE', LEASES, '-inf', silentEnd, 'LIMIT', 0, 2 * most)) do
  local text = string.sub(lease, 1, 2) == 'c:' and call('HGET', SEATS, string.sub(lease, 3))
  if text then tellLink(cjson.decode(text).userId) end
end
for _, userId in ipairs(call('ZREVRANGE', SLOW, 0, most)) do tellLink(userId) end
return { epoch, seq, 1, links, written, recipients() }
