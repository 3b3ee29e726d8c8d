"""What became of messages: checklist, worklist, numbers, and what to say."""
