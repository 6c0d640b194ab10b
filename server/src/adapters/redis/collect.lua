-- ARGV: now, document, the lease that we have or want, and the name of the piece that was read last (empty at first);
-- `whole` if it is to be encoded anew though it is not due.
-- Returns epoch, how to compact (empty: nothing to do, or not ours), 1 if that was the last page, and names and data of pieces
-- in turn.
if not epoch then return { '', '', 1, {} } end
local document, lease, last = ARGV[2], ARGV[3], ARGV[4]
local level
if last == '' then
  local leaseEnd = tonumber(sumsOf(document, 'leaseEnd')[1] or 0)
  level = ARGV[5] == 'whole' and leaseEnd <= now and 'whole' or levelOf(document)
else
  local held = sumsOf(document, 'lease', 'level')
  level = held[1] == lease and held[2]
end
if not level then return { epoch, '', 1, {} } end
call('HSET', DOCUMENTS, document .. ':lease', lease, document .. ':level', level,
  document .. ':leaseEnd', now + limits.compactionMs)
finish()
local min = '(' .. (last == '' and document .. ':' or last)
local pieces, isLast = readPieces(document, min, 10 * sizes.pageLength, level == 'whole')
return { epoch, level, isLast, pieces }
