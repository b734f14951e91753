"""`myna bench learn`: how well documents are learned, and how well they last."""
