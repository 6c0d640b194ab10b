-- ARGV: now, userId, the same as JSON.stringify writes it, the first part of a new epoch, and `count` to
-- change nothing, or `always` to begin that epoch though nothing is found.
-- Takes one user out of all that is kept of a classroom but its documents, in one step. Returns names and counts of what
-- that was, in turn; nothing if nothing was theirs.
if not epoch then return {} end
local userId, name, isReal = ARGV[2], ARGV[3], ARGV[5] ~= 'count'
local author = cjson.encode(userId)
local nobody = '{"userId":"-","name":"","role":"observer"}'
local counts = {}

local function count(what)
  counts[what] = (counts[what] or 0) + 1
end

local function change(...)
  if isReal then call(...) end
end

local function names(text)
  return string.find(text, name, 1, true) or string.find(text, author, 1, true)
end

-- What stands in the chat's REST once nobody mentions them; the fields of a message are those of `chat.send`.
local function unmentioned(rest)
  if not string.find(rest, '"mentions":', 1, true) then return rest end
  local data, others = cjson.decode('{"text":0' .. rest), {}
  for _, other in ipairs(data.mentions) do
    if other ~= userId then others[#others + 1] = other end
  end
  if #others == #data.mentions then return rest end
  count('mentions')
  local fields = {}
  if data.replyTo then fields[#fields + 1] = '"replyTo":' .. cjson.encode(data.replyTo) end
  if #others > 0 then fields[#fields + 1] = '"mentions":' .. cjson.encode(others) end
  if data.to then fields[#fields + 1] = '"to":' .. cjson.encode(data.to) end
  return (#fields > 0 and ',' or '') .. table.concat(fields, ',') .. '}'
end

local function clean(kept)
  local lines = linesOf(kept)
  if lines[AUTHOR] == author or string.find(lines[TO], author, 1, true) then
    count('messages')
    change('ZREM', CHAT, kept)
    return
  end
  if string.sub(lines[TYPE], 1, 18) == '"type":"chat.gone"' then
    if cjson.decode(lines[TEXT]).userId == userId then
      count('deletions')
      lines[TEXT] = nobody
    end
  else
    lines[REST] = unmentioned(lines[REST])
    for _, reaction in ipairs(lines[REACTIONS] == '' and {} or cjson.decode(string.sub(lines[REACTIONS], 14))) do
      local line = reacted(lines[REACTIONS], reaction[1], userId, false)
      if line ~= lines[REACTIONS] then count('reactions') end
      lines[REACTIONS] = line
    end
  end
  local after = table.concat(lines, '\n')
  if after == kept then return end
  change('ZADD', CHAT, string.match(lines[HEAD], '^{"seq":(%d+)'), after)
  change('ZREM', CHAT, kept)
end

-- Entries whose value is no word of who wrote it, but how the class is: they stay, without an author.
local isOfClass = { role = true, removed = true, spotlight = true, ['board.page'] = true, ['board.leader'] = true }

local function cleanState(entry, text)
  local key, owner = string.match(entry, '^([^ ]*) ?(.*)$')
  if owner ~= userId and not names(text) then return end
  local event = cjson.decode(text)
  local isTheirs, value = event.from.userId == userId, type(event.data) == 'table' and event.data.value or nil
  local isAccess = string.sub(key, 1, 7) == 'access.'
  local isAbout = (key == 'spotlight' or key == 'board.leader') and value.userId == userId
  if not (isTheirs or isAbout or owner == userId) then return end
  count('state')
  if not isReal then return end
  if owner == userId or isAbout or not (isAccess or isOfClass[key]) then return setState(entry, '', true) end
  if isTheirs then event.from = cjson.decode(nobody) end
  if not setState(entry, cjson.encode(event), false) then setState(entry, '', true) end
end

for _, kept in ipairs(call('ZRANGE', CHAT, 0, -1)) do
  if names(kept) then clean(kept) end
end
local state = call('HGETALL', STATE)
for index = 1, #state, 2 do cleanState(state[index], state[index + 1]) end

local member = loadMember(userId)
for _, connectionId in pairs(member and member.connections or {}) do
  count('seats')
  if isReal then giveUp(connectionId) end
end
change('HDEL', MEMBERS, userId)
change('ZREM', SLOW, userId)
change('ZREM', LEASES, 'm:' .. userId)
for _, kind in ipairs({ 'publish', 'signal', 'read' }) do change('HDEL', RATE, kind .. ' ' .. userId) end

local owner = #userId .. ':' .. userId .. ':'
for _, key in ipairs({ IDS, OLD_IDS }) do
  for _, field in ipairs(call('HKEYS', key)) do
    if string.sub(field, 1, #owner) == owner then
      count('ids')
      change('HDEL', key, field)
    end
  end
end

for _, event in ipairs(call('HVALS', LOG)) do
  if names(event) then count('events') end
end

-- The log would tell all of it again to whoever recovers, and a board that lost strokes has to be loaded anew. So the log
-- begins anew in another epoch: everyone loads what is kept now.
if (next(counts) or ARGV[5] == 'always') and isReal then
  call('DEL', LOG)
  call('HSET', META, 'epoch', ARGV[4])
end
if isReal then finish() end
local found = {}
for what, number in pairs(counts) do
  found[#found + 1] = what
  found[#found + 1] = number
end
return found
