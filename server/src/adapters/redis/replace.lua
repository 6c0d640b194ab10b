-- ARGV: now, epoch, document, lease, `whole` or `tail`, what goes (bytes, updates not merged yet, bytes of those), bytes of what
-- comes, how many blobs go, of each of them n, the count of its pieces, its kind and '1' if it is damaged; then the pieces of
-- what comes, if any. Returns 1, or 0 if the blobs are no longer ours to replace.
local document, level, count = ARGV[3], ARGV[5], tonumber(ARGV[10])
if epoch ~= ARGV[2] or sumsOf(document, 'lease')[1] ~= ARGV[4] then return 0 end
for at = 11, 10 + 4 * count, 4 do
  local n, pieces, kind = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), ARGV[at + 2]
  for index = 0, pieces - 1 do
    local name = pieceName(document, n, index, pieces, kind)
    if ARGV[at + 3] == '1' then call('HSET', DAMAGED, name, call('HGET', BLOBS, name) or '') end
    call('HDEL', BLOBS, name)
    call('ZREM', BLOB_ORDER, name)
  end
end
add(document, 'bytes', -ARGV[6])
add(document, 'tail', -ARGV[7])
add(document, 'tailBytes', -ARGV[8])
local pieces = {}
for at = 11 + 4 * count, #ARGV do pieces[#pieces + 1] = ARGV[at] end
if #pieces > 0 then putBlob(document, 'm', pieces, ARGV[9]) end
if level == 'whole' then call('HSET', DOCUMENTS, document .. ':encoded', ARGV[9]) end
call('HDEL', DOCUMENTS, document .. ':lease', document .. ':leaseEnd', document .. ':level')
finish()
return 1
