-- ARGV: now, connectionId, clientId, userId, role, expiresAt, sender (JSON text), the first part of an epoch in case
-- there is none, the client's position: epoch and seq, or two empty texts, and the turn.
-- Returns epoch, seq, the member's role in this class, members (JSON texts), 1 if recovered, events, chat (newest first), written, recipients
-- (JSON text), and the newest event of each entry of the state.
local connectionId, clientId, userId, tokenRole, expiresAt, sender = unpack(ARGV, 2, 7)
local positionEpoch, positionSeq, turn = ARGV[9], tonumber(ARGV[10]), ARGV[11]

-- Takes the seats of a user that were silent longest, where there are too many.
local function makeRoom(userId, newest)
  local leases, count = {}, 0
  for _, other in pairs(loadMember(userId).connections) do
    count = count + 1
    if other ~= newest then leases[#leases + 1] = { tonumber(call('ZSCORE', LEASES, 'c:' .. other) or 0), other } end
  end
  if count <= limits.seatsPerUser then return end
  table.sort(leases, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
  for index = 1, count - limits.seatsPerUser do giveUp(leases[index][2]) end
end

if tonumber(expiresAt) <= now then return 'unauthorized' end
if epoch and call('HEXISTS', META, 'endedAt') == 1 then return 'classroom-ended' end
if epoch and tokenRole ~= 'teacher' and call('HEXISTS', STATE, 'removed ' .. userId) == 1 then return 'removed' end
local late = spend('read', userId)
if late then return late end
local holder = epoch and loadMember(userId)
holder = holder and holder.connections[clientId]
local held = holder and holder ~= connectionId and call('HGET', SEATS, holder)
if held and tonumber(cjson.decode(held).turn or 0) > tonumber(turn) then return 'not-joined' end
if not epoch then
  -- Whatever an eviction left of the classroom belongs to an epoch that has ended.
  call('DEL', unpack(KEYS))
  epoch, seq = epochOf(ARGV[8]), 0
  call('HSET', META, 'epoch', ARGV[8], 'seq', seq)
end

local role = roleOf(userId, tokenRole)
sender = withRole(sender, tokenRole, role)

-- The seat is taken before the sweep, so that a user who comes back just in time is not said to have left.
local isRenewal = call('HEXISTS', SEATS, connectionId) == 1
giveUp(connectionId)
-- Whoever takes the same seat again changes nothing for the others.
isMoved = not isRenewal
local known = loadMember(userId)
if known and known.connections[clientId] then
  giveUp(known.connections[clientId])
  known = loadMember(userId)
end
local member = {
  userId = userId,
  sender = sender,
  role = role,
  tokenRole = tokenRole,
  status = 'online',
  joinedAt = known and known.joinedAt or at,
  devices = known and known.devices or 0,
  connections = known and known.connections or {},
}
member.connections[clientId] = connectionId
saveMember(member)
local seat = {
  userId = userId,
  clientId = clientId,
  turn = turn,
  role = role,
  tokenRole = tokenRole,
  expiresAt = expiresAt,
  sender = sender,
}
call('HSET', SEATS, connectionId, cjson.encode(seat))
call('ZREM', LEASES, 'm:' .. userId)
renew(connectionId)
sweep()
makeRoom(userId, connectionId)
local isOther = not known or known.status ~= 'online' or known.sender ~= sender
-- With the seats that are left after the sweep.
member = loadMember(userId)
if isOther or countDevices(member) ~= member.devices then tell('member.join', member) end

local recovered = positionEpoch == epoch and positionSeq <= seq and positionSeq >= seq - call('HLEN', LOG)
local events, chat, state = {}, {}, {}
if recovered then
  -- By the thousand: Lua's stack has an end.
  for from = positionSeq + 1, seq, 1000 do
    local places = {}
    for place = from, math.min(from + 999, seq) do places[#places + 1] = place end
    for _, event in ipairs(call('HMGET', LOG, unpack(places))) do events[#events + 1] = event end
  end
else
  chat = messagesBelow('', limits.joinChatEvents + 1)
  state = call('HVALS', STATE)
end
finish()
return { epoch, seq, role, call('HVALS', MEMBERS), recovered and 1 or 0, events, chat, written, recipients(), state }
