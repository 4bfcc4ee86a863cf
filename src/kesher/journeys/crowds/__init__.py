"""What is done to many people of a journey at once: at the click for some, as a job for all at a step."""
