-- Begins every verb of a classroom. The loader writes the table `limits` and the boolean `mayLag` above this file.
-- KEYS: the classroom's keys, in the order of the locals below. ARGV[1]: now, in ms since 1970.
--
-- meta     hash    epoch (its first part), seq (the head), connections (JSON text: the keys of seats, to be given out),
--                  idsAt (when ids began), stateBytes (what state takes), endedAt (when the
--                  class was over), changed (the seq of the last change of a chat message)
-- log      hash    seq -> event (JSON text); the newest events, without a gap
-- ids      hash    key of each message -> `seq:at`, far longer than the log keeps the message itself
-- chat     zset    each message by its seq, in lines: chat.lua tells of them
-- seats    hash    connectionId -> JSON {userId, clientId, turn, role (in this class), tokenRole, expiresAt, sender}
-- members  hash    userId -> JSON {userId, sender, role, tokenRole, status, joinedAt, connections by clientId, devices: how many
--                  of them the others were told of}
-- leases   zset    `c:<connectionId>` of each seat, `m:<userId>` of each dropped member, by its end in ms
-- rate     hash    `publish <userId>`, `signal …`, `read …` -> when that bucket of tokens is full again, in ms
-- slow     zset    userId of each member whose link is slow, by its round trip in ms
-- old-ids  hash    what ids was before it began anew
-- state    hash    `<key>` or `<key> <userId>` -> the newest event (JSON text); `:<type> <userId>` of message types that keep it
--
-- The keys of documents are told of in documents.lua.
--
-- What members wrote (data, names) stays JSON text: cjson would turn `[]` into `{}`. `sender` is such a text inside JSON,
-- and times inside JSON are texts too, because cjson rounds to 14 digits.
local META, LOG, IDS, CHAT, SEATS, MEMBERS, LEASES, RATE, OLD_IDS, SLOW = unpack(KEYS)
local STATE, DOCUMENTS, BLOB_ORDER, BLOBS, DAMAGED = unpack(KEYS, 11)
local call = redis.call
local at, now = ARGV[1], tonumber(ARGV[1])

-- A replica that was promoted, and a server that was restarted from a file, may lack what was acked, and will give the
-- same seqs out again. Redis gives each of them a new replication id, so an epoch ends in that id: the seq stream has
-- another identity from then on, though log, chat and seats stay. Every call asks, for a connection outlives demotions.
local replication = call('INFO', 'replication')
if not mayLag and not string.find(replication, 'role:master', 1, true) then
  return redis.error_reply('READONLY a replica decides nothing')
end
local history = string.match(replication, 'master_replid:(%x+)')
if not history then
  return redis.error_reply('ERR unable to name the epoch; INFO replication tells no master_replid')
end
local function epochOf(name)
  return name .. '.' .. string.sub(history, 1, 12)
end

local meta = call('HMGET', META, 'epoch', 'seq')
-- `epoch` is false if there is no classroom.
local epoch, seq = meta[1] and epochOf(meta[1]), tonumber(meta[2] or 0)
-- The JSON text of each event that this call wrote.
local written = {}
-- Whether the seats are other ones than before.
local isMoved = false

-- The event that is to be written next; `to` says who may read it, if not all (JSON text).
local function eventOf(sender, body, to)
  local readers = to and to ~= '' and ',"to":' .. to or ''
  return '{"seq":' .. seq + 1 .. ',"at":' .. at .. ',"from":' .. sender .. readers .. ',' .. body .. '}'
end

local function write(event)
  seq = seq + 1
  call('HSET', LOG, seq, event)
  written[#written + 1] = event
end

local function loadMember(userId)
  local text = call('HGET', MEMBERS, userId)
  return text and cjson.decode(text)
end

local function saveMember(member)
  call('HSET', MEMBERS, member.userId, cjson.encode(member))
end

-- Writes what the backend itself says of a member; data is JSON text.
local function writeOf(member, type, data)
  local id = cjson.encode(epoch .. ':' .. (seq + 1))
  write(eventOf(member.sender, '"id":' .. id .. ',"type":"' .. type .. '","data":' .. data))
end

local function countDevices(member)
  local count = 0
  for _ in pairs(member.connections) do count = count + 1 end
  return count
end

-- Writes what happened to a member.
local function tell(type, member)
  member.devices = countDevices(member)
  if type ~= 'member.leave' then saveMember(member) end
  local devices = member.devices > 1 and ',"devices":' .. member.devices or ''
  writeOf(member, type, string.sub(member.sender, 1, -2)
    .. ',"status":"' .. member.status .. '","joinedAt":' .. member.joinedAt .. devices .. '}')
end

local function renew(connectionId)
  call('ZADD', LEASES, now + limits.leaseMs, 'c:' .. connectionId)
end

-- A user's bucket of tokens. Whoever takes more than there are has them, and waits longer for the next.
local function bucketOf(name, burst, perSecond)
  local fullAt = tonumber(call('HGET', RATE, name) or 0)
  local intervalMs = 1000 / perSecond
  local bucket = {}
  -- How long to wait for a token, in ms; 0 if there was one, and so many are taken.
  function bucket.take(tokens)
    local from = math.max(fullAt, now)
    local waitMs = from + intervalMs - now - burst * intervalMs
    if waitMs > 0 then return math.ceil(waitMs) end
    fullAt = from + tokens * intervalMs
    return 0
  end
  function bucket.save()
    if fullAt > now then call('HSET', RATE, name, fullAt) end
  end
  return bucket
end

-- Takes tokens for a signal, or one for what is read; the refusal if there is none.
local function spend(kind, userId, tokens)
  -- Who is left when the class is over reads all of it, for the export.
  if kind == 'read' and call('HEXISTS', META, 'endedAt') == 1 then return false end
  local bucket = bucketOf(kind .. ' ' .. userId, limits[kind .. 'Burst'], limits[kind .. 'sPerSecond'])
  local waitMs = bucket.take(tokens or 1)
  bucket.save()
  return waitMs > 0 and 'rate-limited:' .. waitMs
end

-- The seat of a connection, its lease renewed; or nil and the code of the refusal.
local function seatOf(connectionId)
  local text = epoch and call('HGET', SEATS, connectionId)
  if not text then return nil, 'not-joined' end
  local seat = cjson.decode(text)
  if tonumber(seat.expiresAt) <= now then return nil, 'unauthorized' end
  renew(connectionId)
  return seat
end

-- Takes a seat away. Returns its member.
local function giveUp(connectionId)
  local text = call('HGET', SEATS, connectionId)
  if not text then return nil end
  local seat = cjson.decode(text)
  call('HDEL', SEATS, connectionId)
  isMoved = true
  call('ZREM', LEASES, 'c:' .. connectionId)
  local member = loadMember(seat.userId)
  if not member then return nil end
  member.connections[seat.clientId] = nil
  saveMember(member)
  return member
end

-- Chat messages below a seq, or the newest; newest first.
local function messagesBelow(before, count)
  return call('ZREVRANGEBYSCORE', CHAT, before == '' and '+inf' or '(' .. before, '-inf', 'LIMIT', 0, count)
end

-- Drops more entries than were written, but boundedly, so that no append pays for a long silence.
local function trim()
  local count = call('HLEN', LOG)
  for _ = 1, 2 * #written + 8 do
    if count <= limits.maxEvents and count <= limits.recoveryEvents then return end
    local first = seq - count + 1
    local firstAt = string.match(call('HGET', LOG, first) or '', '^{"seq":%d+,"at":(%d+)')
    local isOld = now - tonumber(firstAt or 0) > limits.recoveryMs
    if count <= limits.maxEvents and not (count > limits.recoveryEvents and isOld) then return end
    call('HDEL', LOG, first)
    count = count - 1
  end
end

-- Ends every verb that changed the classroom, after its last write.
local function finish()
  if #written > 0 then
    call('HSET', META, 'seq', seq)
    trim()
  end
  if isMoved then
    -- Appends are many and moves are few: at 200 seats, HKEYS would make an append half as dear again.
    local connectionIds = call('HKEYS', SEATS)
    call('HSET', META, 'connections', #connectionIds > 0 and cjson.encode(connectionIds) or '[]')
  end
  -- An operator leaves the classroom the life that it has; a key that was emptied on the way lost its own.
  local lifeMs = limits.retentionMs < math.huge and limits.retentionMs or call('PTTL', META)
  if lifeMs < 0 then return end
  for _, key in ipairs(KEYS) do call('PEXPIRE', key, lifeMs) end
end

-- The connections to tell (JSON text), the caller's own perhaps among them; none if there is nothing to tell.
local function recipients()
  return #written > 0 and call('HGET', META, 'connections') or '[]'
end
