"""A cluster as the Remote Execution API v2 sees it: blobs, actions, results; what they mean to us is elsewhere."""
