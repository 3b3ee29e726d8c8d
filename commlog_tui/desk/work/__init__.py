"""Work at the desk: tasks, the shift's handover, and who is there."""
