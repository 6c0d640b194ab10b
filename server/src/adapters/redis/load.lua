-- ARGV: now, connectionId, document, the blob and the piece of it from which on to read (an empty text: from the next blob on).
-- Returns the bytes of the document, 1 if that was the last page, and names and data of pieces in turn.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
local document, after, index = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local late = spend('read', seat.userId)
finish()
if late then return late end
local min = string.format('(%s:%016.0f:~', document, after)
if index then min = string.format('[%s:%016.0f:%06.0f', document, after, index) end
local pieces, isLast = readPieces(document, min, sizes.pageLength, true)
return { tonumber(sumsOf(document, 'bytes')[1] or 0), isLast, pieces }
