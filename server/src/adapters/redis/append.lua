-- ARGV: now, connectionId, then of each draft: id (JSON text), publishers (`,teacher,student,`), topic or an empty text, what it
-- changes beside the log (`chat`, `whisper`, `edit`, `erase`, `react` or `unreact` of the chat, `document`, `state`, `delete` of the
-- state, `remove` of a member, `appoint` or `dismiss` of one, or nothing), then of the document its name and the update, of the state
-- the entry, of a private message whom it is for beside the teachers, of a change the message and the text (JSON text) or the emoji,
-- and `"id":…,"type":…,"data":…`.
-- Returns epoch, a result for each draft (`stored:seq:at`, `duplicate:seq:at`, `rate-limited:ms`, `forbidden`, `locked`, `not-found`,
-- `payload-too-large`), written, recipients (JSON text), the documents that are to be compacted, the connections that lost
-- their seat, and, if something private was written, all connections, each with its seat.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end

-- Two hashes that take turns: an id is forgotten at no cost of its own, and never before `dedupeMs` or, where more come,
-- before half of `dedupeIds` others.
local idsAt = tonumber(call('HGET', META, 'idsAt') or 0)
if now - idsAt >= limits.dedupeMs or call('HLEN', IDS) >= limits.dedupeIds / 2 then
  call('UNLINK', OLD_IDS)
  if call('EXISTS', IDS) == 1 then call('RENAME', IDS, OLD_IDS) end
  call('HSET', META, 'idsAt', at)
end

local bucket = bucketOf('publish ' .. seat.userId, limits.rateBurst, limits.ratePerSecond)

-- Does what a message changes beside the log; false where there is no room for it.
local function project(kind, name, update, event, message)
  if kind == 'document' then return addUpdate(name, update) end
  if kind == 'state' or kind == 'remove' or kind == 'appoint' then return setState(name, event, false) end
  if kind == 'delete' or kind == 'dismiss' then return setState(name, event, true) end
  return not message or changeMessage(kind, message, update, seat)
end

-- Takes all seats of a member away.
local removed = {}
local function expel(userId)
  local member = loadMember(userId)
  if not member then return end
  for _, connectionId in pairs(member.connections) do
    member = giveUp(connectionId)
    removed[#removed + 1] = connectionId
  end
  call('ZREM', LEASES, 'm:' .. userId)
  remove(member)
end

-- Gives a member and all their seats the role that is theirs now.
local function reseat(userId)
  local member = loadMember(userId)
  if not member then return end
  for _, connectionId in pairs(member.connections) do
    local held = cjson.decode(call('HGET', SEATS, connectionId))
    local role = roleOf(userId, held.tokenRole)
    held.sender, held.role = withRole(held.sender, held.role, role), role
    call('HSET', SEATS, connectionId, cjson.encode(held))
  end
  local role = roleOf(userId, member.tokenRole)
  if role == member.role then return end
  member.sender, member.role = withRole(member.sender, member.role, role), role
  tell(member.status == 'online' and 'member.join' or 'member.drop', member)
end

local waitMs, touched, isPrivate = 0, {}, false
local author = cjson.encode(seat.userId)
-- The length keeps apart what one user's id and another's message id could spell together.
local owner = #seat.userId .. ':' .. seat.userId .. ':'
local function append(id, publishers, topic, kind, name, update, body)
  if kind == 'document' then touched[name] = true end
  if waitMs > 0 then return 'rate-limited:' .. waitMs end
  local key = owner .. id
  local first = call('HGET', IDS, key) or call('HGET', OLD_IDS, key)
  if first then return 'duplicate:' .. first end
  if not string.find(publishers, ',' .. seat.role .. ',', 1, true) then return 'forbidden' end
  local isOfRole = kind == 'appoint' or kind == 'dismiss'
  if isOfRole and seat.tokenRole ~= 'teacher' then return 'forbidden' end
  if isClosed(topic, seat) then return 'locked' end
  local isTeacher, message = seat.role == 'teacher', nil
  if isChange[kind] then
    message = findMessage(name, owner, author, isTeacher)
    local problem = refusalOf(kind, message, isTeacher)
    if problem then return problem end
  end
  waitMs = bucket.take(1 + math.floor(#body / limits.tokenBytes))
  if waitMs > 0 then return 'rate-limited:' .. waitMs end
  local to = message and message.lines[TO] or ''
  if kind == 'whisper' then to = '[' .. author .. (name ~= '' and ',' .. cjson.encode(name) or '') .. ']' end
  isPrivate = isPrivate or to ~= ''
  local event = eventOf(seat.sender, body, to)
  if not project(kind, name, update, event, message) then return 'payload-too-large' end
  write(event)
  if kind == 'chat' or kind == 'whisper' then keepMessage(seq, { author, id, to, '', event }) end
  local place = seq .. ':' .. at
  call('HSET', IDS, key, place)
  if kind == 'remove' then expel(string.match(name, ' (.*)$')) end
  if isOfRole then reseat(string.match(name, ' (.*)$')) end
  return 'stored:' .. place
end

local results, due = {}, {}
for index = 3, #ARGV, 7 do results[#results + 1] = append(unpack(ARGV, index, index + 6)) end
for document in pairs(touched) do
  if levelOf(document) then due[#due + 1] = document end
end
bucket.save()
finish()
return { epoch, results, written, recipients(), due, removed, isPrivate and call('HGETALL', SEATS) or {} }
