-- Follows the prelude where the chat is written. A message is kept in lines, which a text in JSON never breaks: its author's userId
-- and its id (JSON texts), who may read it (a JSON list, empty: all), the seq of its last edit, and from the fifth on the event as it
-- is now. An event of the chat comes from replies.ts cut into the same lines.
local AUTHOR, ID, TO, EDIT, HEAD, TYPE, TEXT, REST, EDITED, REACTIONS = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local isChange = { edit = true, erase = true, react = true, unreact = true }

local function keepMessage(place, lines)
  call('ZADD', CHAT, place, table.concat(lines, '\n'))
  if call('ZCARD', CHAT) > limits.chatEvents then call('ZREMRANGEBYRANK', CHAT, 0, -1 - limits.chatEvents) end
end

local function linesOf(kept)
  local lines = {}
  for line in string.gmatch(kept .. '\n', '(.-)\n') do lines[#lines + 1] = line end
  return lines
end

-- The message that a change is about: `seq:id`, or `:id` for one's own; nil if there is none, or none to be seen.
local function findMessage(target, owner, author, isTeacher)
  local place, id = string.match(target, '^(%d*):(.*)$')
  if place == '' then
    local key = owner .. id
    place = string.match(call('HGET', IDS, key) or call('HGET', OLD_IDS, key) or '', '^%d+')
  end
  local kept = place and call('ZRANGEBYSCORE', CHAT, place, place)[1]
  if not kept then return nil end
  local lines = linesOf(kept)
  local isHidden = lines[TO] ~= '' and not isTeacher and not string.find(lines[TO], author, 1, true)
  if isHidden or lines[ID] ~= id then return nil end
  return { place = place, kept = kept, lines = lines, isOwn = lines[AUTHOR] == author }
end

-- Why a message may not be changed so; nil if it may.
local function refusalOf(kind, message, isTeacher)
  if not message then return 'not-found' end
  if kind == 'edit' and not message.isOwn then return 'forbidden' end
  if kind == 'erase' and not message.isOwn and not isTeacher then return 'forbidden' end
  message.isGone = string.sub(message.lines[TYPE], 1, 18) == '"type":"chat.gone"'
  if message.isGone then return kind ~= 'erase' and 'not-found' or nil end
  local sentAt = tonumber(string.match(message.lines[HEAD], '^{"seq":%d+,"at":(%d+)'))
  return kind == 'edit' and now - sentAt > limits.editMs and 'forbidden' or nil
end

-- The reactions after one was added or taken away; nil where there is no room for it.
local function reacted(line, emoji, userId, isAdded)
  local after, isNew = {}, isAdded
  for _, reaction in ipairs(line == '' and {} or cjson.decode(string.sub(line, 14))) do
    if reaction[1] == emoji then
      local others = {}
      for _, other in ipairs(reaction[2]) do
        if other ~= userId then others[#others + 1] = other end
      end
      -- Whoever has chosen it already keeps their place.
      local isThere = #others < #reaction[2]
      if isAdded and isThere then return line end
      if isAdded then others[#others + 1] = userId end
      reaction[2], isNew = others, false
    end
    if #reaction[2] > 0 then after[#after + 1] = reaction end
  end
  if isNew then after[#after + 1] = { emoji, { userId } } end
  if #after == 0 then return '' end
  local text = cjson.encode(after)
  if isAdded and (#after > limits.reactions or #text > limits.reactionBytes) then return nil end
  return ',"reactions":' .. text
end

-- Leaves nothing in the log of what is to be read no more but its place.
local function hide(place)
  local sentAt = place ~= '' and string.match(call('HGET', LOG, place) or '', '^{"seq":%d+,"at":(%d+)')
  if not sentAt then return end
  local nobody = '"from":{"userId":"-","name":"","role":"observer"},"id":"hidden:' .. place .. '","type":"chat.hidden","data":null}'
  call('HSET', LOG, place, '{"seq":' .. place .. ',"at":' .. sentAt .. ',' .. nobody)
end

-- Does what the next event tells of; false where there is no room for it.
local function changeMessage(kind, message, value, seat)
  if message.isGone then return true end
  local lines = message.lines
  if kind == 'react' or kind == 'unreact' then
    local line = reacted(lines[REACTIONS], value, seat.userId, kind == 'react')
    if not line then return false end
    lines[REACTIONS] = line
  else
    hide(lines[EDIT])
    if kind == 'edit' then
      lines[TEXT], lines[EDITED], lines[EDIT] = value, ',"editedAt":' .. at, seq + 1
    else
      lines[TYPE], lines[TEXT] = '"type":"chat.gone","data":{"deletedAt":' .. at .. ',"deletedBy":', seat.sender
      lines[REST], lines[EDITED], lines[REACTIONS], lines[EDIT] = '}', '', '', ''
    end
    -- Whoever recovers gets the message as it is now, and each reaction as an event of its own.
    if call('HEXISTS', LOG, message.place) == 1 then
      local reactions = lines[REACTIONS]
      lines[REACTIONS] = ''
      call('HSET', LOG, message.place, table.concat(lines, '\n', HEAD))
      lines[REACTIONS] = reactions
    end
  end
  call('ZREM', CHAT, message.kept)
  keepMessage(message.place, lines)
  call('HSET', META, 'changed', seq + 1)
  return true
end
