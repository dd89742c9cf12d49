"""The figures of the page kinematics."""
