"""Mail as it is sent: messages and their bounces, recorded in the log through its API."""
