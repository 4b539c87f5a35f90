-- Each recipient's messages are looked for and taken on their own, so that one that does not answer holds up nobody else.
create index webhook_message_due on webhook_message (recipient_id, next_at) where state = 'waiting';
create index webhook_message_lane on webhook_message (recipient_id, position, message_id) where state = 'waiting';
