"""The pages of the app: `frame.py` is the frame around them, a folder holds each page."""
