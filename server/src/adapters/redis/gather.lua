-- KEYS: what a connection has sent in chunks: a hash of `frames`, JSON of { id, since, count, bytes, missing } each, oldest first,
-- and of the parts by `<id>:<index>`. Of a frame that is whole or was refused, `missing` is 0 and no part is left. ARGV: now, how
-- long a frame is waited for in ms, bytes of all frames, how many frames, then of this chunk id, index, count, data. Returns the
-- outcome, and the text of a frame that is now whole.
local key, now, forgetMs = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local mostBytes, mostFrames = tonumber(ARGV[3]), tonumber(ARGV[4])
local id, index, count, data = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]

local function field(frame, at)
  return frame.id .. ':' .. string.format('%d', at)
end
local function dropParts(frame)
  if frame.missing > 0 then
    for at = 0, frame.count - 1 do redis.call('HDEL', key, field(frame, at)) end
  end
end

local frames, frame = {}, nil
for _, known in ipairs(cjson.decode(redis.call('HGET', key, 'frames') or '[]')) do
  if now - known.since >= forgetMs then
    dropParts(known)
  else
    frames[#frames + 1] = known
    if known.id == id then frame = known end
  end
end
if index >= count or (frame and frame.count ~= count) then return { 'bad-envelope', '' } end
if frame and frame.missing == 0 then return { 'partial', '' } end
if not frame then
  frame = { id = id, since = now, count = count, bytes = 0, missing = count }
  frames[#frames + 1] = frame
end
if redis.call('HSETNX', key, field(frame, index), data) == 0 then
  local isSame = redis.call('HGET', key, field(frame, index)) == data
  return { isSame and 'partial' or 'bad-envelope', '' }
end
frame.bytes = frame.bytes + #data
frame.missing = frame.missing - 1

local outcome, text = 'partial', ''
if frame.bytes > mostBytes then
  outcome = 'payload-too-large'
elseif frame.missing == 0 then
  outcome = 'whole'
  local parts = {}
  for at = 0, count - 1 do parts[#parts + 1] = redis.call('HGET', key, field(frame, at)) end
  text = table.concat(parts)
end
if outcome ~= 'partial' then
  frame.missing = 1
  dropParts(frame)
  frame.missing, frame.bytes = 0, 0
end

local bytes, left, kept = 0, #frames, {}
for _, known in ipairs(frames) do bytes = bytes + known.bytes end
for _, known in ipairs(frames) do
  if known ~= frame and (bytes > mostBytes or left > mostFrames) then
    dropParts(known)
    bytes, left = bytes - known.bytes, left - 1
  else
    kept[#kept + 1] = known
  end
end
redis.call('HSET', key, 'frames', cjson.encode(kept))
redis.call('PEXPIRE', key, forgetMs)
return { outcome, text }
