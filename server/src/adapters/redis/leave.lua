-- ARGV: now, connectionId. Returns epoch, written, recipients (JSON text).
if not epoch then return { '', {}, '[]' } end
settle(giveUp(ARGV[2]))
-- Whoever has no seat keeps nothing here for longer.
if isMoved then finish() end
return { epoch, written, recipients() }
