-- Follows the prelude where documents are read or written. The loader writes the table `sizes` above the prelude.
--
-- documents   hash  of each document, by `<document>:<what>`: last (the newest n), bytes, encoded (what the last encoding anew
--                   left), tail and tailBytes (updates not merged yet), lease, leaseEnd and level (while it is compacted);
--                   `:count` of all documents
-- blob-order  zset  the name of each piece of a blob, in lexical order, all with score 0
-- blobs       hash  name of a piece -> base64
-- damaged     hash  the same, for blobs that cannot be read: kept for the operator
--
-- The name of a piece: `<document>:<n>:<index>/<count><kind>`, with n and index of fixed width, and kind `u` for an update or
-- `m` for what was merged.
local function pieceName(document, n, index, count, kind)
  return string.format('%s:%016.0f:%06d/%d%s', document, n, index, count, kind)
end

-- How many bytes a text in base64 stands for.
local function sizeOf(data)
  local padding = string.sub(data, -2) == '==' and 2 or string.sub(data, -1) == '=' and 1 or 0
  return #data / 4 * 3 - padding
end

local function sumsOf(document, ...)
  local names = { ... }
  for index, name in ipairs(names) do names[index] = document .. ':' .. name end
  return call('HMGET', DOCUMENTS, unpack(names))
end

local function add(document, name, number)
  call('HINCRBY', DOCUMENTS, document .. ':' .. name, number)
end

-- Adds a blob, given as its pieces.
local function putBlob(document, kind, pieces, bytes)
  local n = call('HINCRBY', DOCUMENTS, document .. ':last', 1)
  for index, data in ipairs(pieces) do
    local name = pieceName(document, n, index - 1, #pieces, kind)
    call('HSET', BLOBS, name, data)
    call('ZADD', BLOB_ORDER, 0, name)
  end
  add(document, 'bytes', bytes)
end

-- Adds an update; false where there is no room.
local function addUpdate(document, data)
  local bytes = sizeOf(data)
  local known = call('HGET', DOCUMENTS, document .. ':bytes')
  if tonumber(known or 0) + bytes > limits.documentBytes then return false end
  if not known then
    if tonumber(call('HGET', DOCUMENTS, ':count') or 0) >= limits.documents then return false end
    call('HINCRBY', DOCUMENTS, ':count', 1)
  end
  local pieces = {}
  for from = 1, math.max(1, #data), sizes.pieceLength do
    pieces[#pieces + 1] = string.sub(data, from, from + sizes.pieceLength - 1)
  end
  putBlob(document, 'u', pieces, bytes)
  add(document, 'tail', 1)
  add(document, 'tailBytes', bytes)
  return true
end

-- How a document is to be compacted: `tail`, `whole`, or not at all, also if somebody is at it. documents.ts says why.
local function levelOf(document)
  local sums = sumsOf(document, 'bytes', 'encoded', 'tail', 'tailBytes', 'leaseEnd')
  for index = 1, 5 do sums[index] = tonumber(sums[index] or 0) end
  local bytes, encoded, tail, tailBytes, leaseEnd = unpack(sums)
  if leaseEnd > now then return nil end
  local most = math.min(2 * encoded, (encoded + limits.documentBytes) / 2)
  if bytes > sizes.staleBytes and bytes > most then return 'whole' end
  if tail > sizes.tailBlobs or (tail > 1 and tailBytes > sizes.tailBytes) then return 'tail' end
  return nil
end

-- Names and data of pieces in turn, from `min` on, up to `room` characters but at least one; of merged blobs only if asked
-- for. Also whether there are no more.
local function readPieces(document, min, room, takesMerged)
  local pieces = {}
  -- The character after the colon ends the range.
  local names = call('ZRANGEBYLEX', BLOB_ORDER, min, '(' .. document .. ';', 'LIMIT', 0, 2000)
  for _, name in ipairs(names) do
    local data = (takesMerged or string.sub(name, -1) == 'u') and call('HGET', BLOBS, name)
    if data then
      room = room - #data - sizes.pieceCost
      if room < 0 and #pieces > 0 then return pieces, 0 end
      pieces[#pieces + 1] = name
      pieces[#pieces + 1] = data
    end
  end
  return pieces, #names < 2000 and 1 or 0
end
