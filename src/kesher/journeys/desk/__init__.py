"""The staff's desk: tasks about contacts, from journeys and by hand, and what journeys tell the staff."""
