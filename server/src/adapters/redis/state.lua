-- Follows the prelude where the shared state is written or asked for access and roles, and where members leave.

-- What a member is in this class: what a teacher made them, or else what their token says; a teacher stays one.
local function roleOf(userId, tokenRole)
  local text = tokenRole ~= 'teacher' and call('HGET', STATE, 'role ' .. userId)
  return text and cjson.decode(text).data.value.role or tokenRole
end

-- A sender, which ends in `"role":"<from>"}`, in another role.
local function withRole(sender, from, to)
  return string.sub(sender, 1, -#from - 3) .. to .. '"}'
end

-- Whether a topic is closed for a seat: of the entry for all and the member's own, the later counts. Teachers always may.
local function isClosed(topic, seat)
  if topic == '' or seat.role == 'teacher' then return false end
  local key, later = 'access.' .. topic, nil
  for _, text in ipairs(call('HMGET', STATE, key, key .. ' ' .. seat.userId)) do
    local entry = text and cjson.decode(text)
    if entry and not (later and later.seq > entry.seq) then later = entry end
  end
  return later ~= nil and not later.data.value.isOpen
end

-- Keeps the event of an entry, or deletes the entry; false where there is no room.
local function setState(entry, event, isDeleted)
  local before = call('HSTRLEN', STATE, entry)
  local bytes = tonumber(call('HGET', META, 'stateBytes') or 0) - before + (isDeleted and 0 or #event)
  if isDeleted then
    call('HDEL', STATE, entry)
  else
    if bytes > limits.stateBytes or (before == 0 and call('HLEN', STATE) >= limits.stateEntries) then return false end
    call('HSET', STATE, entry, event)
  end
  call('HSET', META, 'stateBytes', bytes)
  return true
end

local function remove(member)
  call('HDEL', MEMBERS, member.userId)
  call('ZREM', SLOW, member.userId)
  -- A hand that is up is for those who are here.
  local hand = 'hand ' .. member.userId
  if call('HEXISTS', STATE, hand) == 1 then
    setState(hand, '', true)
    writeOf(member, 'state.set', '{"key":"hand","value":null,"userId":' .. cjson.encode(member.userId) .. '}')
  end
  tell('member.leave', member)
end

-- Says what a member is who has lost a seat: gone with the last one, or here with one device less.
local function settle(member)
  if not member then return end
  local count = countDevices(member)
  if count == 0 then remove(member) elseif count ~= member.devices then tell('member.join', member) end
end

local function sweep()
  for _, lease in ipairs(call('ZRANGEBYSCORE', LEASES, '-inf', now)) do
    call('ZREM', LEASES, lease)
    local kind, name = string.sub(lease, 1, 2), string.sub(lease, 3)
    if kind == 'c:' then settle(giveUp(name)) else settle(loadMember(name)) end
  end
end
