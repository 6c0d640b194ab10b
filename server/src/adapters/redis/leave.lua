-- ARGV: now, connectionId. Returns epoch, written, recipients (JSON text).
if not epoch then return { '', {}, '[]' } end
local member = giveUp(ARGV[2])
if member then remove(member) end
-- Whoever has no seat keeps nothing here for longer.
if isMoved then finish() end
return { epoch, written, recipients() }
