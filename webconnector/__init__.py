"""The server: SOAP endpoint, sessions, command line and pages."""
