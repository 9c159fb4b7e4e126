"""What tests share: servers, data and checks that more than one folder needs."""
