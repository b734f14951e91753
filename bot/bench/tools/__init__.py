"""`myna bench tools`: how well tools are called that a community taught."""
