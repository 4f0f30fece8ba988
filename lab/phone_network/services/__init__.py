"""The operations of End User Messaging, Connect and Pinpoint."""
