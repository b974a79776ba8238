"""The other ways to send mail. They run in an environment of their own, without our product."""
